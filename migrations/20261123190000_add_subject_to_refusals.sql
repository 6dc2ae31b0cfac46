-- Whom a refused command named, as far as that can be read: a student, or an exception. Somebody who asks what is held of
-- them is told of those commands too; they need not have a text.
alter table refusals add column subject_id uuid;
create index refusals_subject_idx on refusals (school_id, subject_id) where subject_id is not null;
