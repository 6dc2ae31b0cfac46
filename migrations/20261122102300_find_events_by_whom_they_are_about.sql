-- Whom an event is about, read from its payload as it is written, so that auditors find all events of a class or a student,
-- whatever became of them. Text as it stands in the payload: a strange payload is stored all the same. Not hashed, because
-- it follows from what is. Exceptions name their student when they are recorded; what follows is in the same stream.
alter table events
  add column class_id text generated always as (
    coalesce(payload -> event_type -> 'session' ->> 'class_id', payload -> event_type ->> 'class_id')
  ) stored,
  add column student_id text generated always as (payload -> event_type ->> 'student_id') stored;

-- In the order of the feed, so that a page is the next so many rows. Each costs every append one entry.
create index events_class_idx on events (school_id, class_id, epoch, transaction_id, position)
  where class_id is not null;
create index events_student_idx on events (school_id, student_id, epoch, transaction_id, position)
  where student_id is not null;
-- The exceptions of a student, without a look at all their marks. Exceptions are few, so it costs next to nothing.
create index events_exceptions_of_student_idx on events (school_id, student_id)
  where aggregate_type = 'attendance_exception' and student_id is not null;
