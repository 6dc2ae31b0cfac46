-- Who handed a refused command in, if it did not come from the device of the person it is from.
alter table refusals add column submitted_by uuid;
