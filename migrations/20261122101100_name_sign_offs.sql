-- Streams of sign-offs. Whatever is stored already has a name that was allowed before, so nothing is looked at.
alter table events
  drop constraint events_aggregate_type_check,
  add constraint events_aggregate_type_check
    check (aggregate_type in ('attendance_session', 'attendance_exception', 'class_roll', 'school_policy',
      'school_calendar', 'period_sign_off')) not valid;
