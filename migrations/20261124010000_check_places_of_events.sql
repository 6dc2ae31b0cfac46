-- No writer puts an event at or before the place where workers begin to read: none would ever read it there.
alter table events add constraint events_place_check check (epoch > 0 and position > 0);

-- An auditor's check holds events without a leaf against how far the log has come.
grant select on log_cursors to muster_app;
