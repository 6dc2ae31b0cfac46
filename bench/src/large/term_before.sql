-- The term as it was so many terms of twelve weeks before, in registers of its own. Ids of commands follow each other, as those
-- that devices make do.
insert into events (school_id, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, epoch,
  command_id, fingerprint, occurred_at, raw_occurred_at, recorded_at, actor_id, hash)
select school_id, aggregate_type, md5(concat_ws(' ', aggregate_id, :term))::uuid::text, sequence, event_type, event_version,
  payload, metadata, epoch,
  ('01900000-0000-7000-8000-' || lpad(to_hex(:term * 1000000 + row_number() over ()), 12, '0'))::uuid, fingerprint,
  occurred_at - :term * interval '84 days', raw_occurred_at - :term * interval '84 days',
  recorded_at - :term * interval '84 days', actor_id, hash
from events_of_the_term;

insert into register_entries (school_id, session_id, student_id, class_id, date, slot, status, effective_status, minutes_late,
  occurred_at, recorded_at, marked_by, command_id, corrected, void)
select school_id, md5(concat_ws(' ', session_id, :term))::uuid, student_id, class_id, date - :term * 84, slot, status,
  effective_status, minutes_late, occurred_at - :term * interval '84 days', recorded_at - :term * interval '84 days',
  marked_by, command_id, corrected, void
from entries_of_the_term;
