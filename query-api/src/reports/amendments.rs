//! What changed about a period since it was signed off, as rows beside the sign-off `s`: the one place that says what does.
//!
//! Whatever reached the store after the sign-off did was not in what was handed in. That is
//! - an entry whose present word arrived later,
//! - a register of which the last opening, closing, reopening, voiding or restoring that counts did,
//! - an exception that was ever approved, over days of the period (those it names now, or once named), of which something
//!   that counts did,
//! - a student whom an enrolment, withdrawal or cancellation that did put onto the roster of the period's days, or took off.

/// A checked statement over `sign_offs s` and its amendments `a`: a text before them, the row, a text after them, and the
/// parameters, the first of which is the school.
macro_rules! with_amendments {
    ($row:ty, $select:literal, $sign_offs:literal, $rest:literal, $($parameter:expr),+ $(,)?) => {
        sqlx::query_as!(
            $row,
            $select + " from " + $sign_offs + " s left join lateral (
               select 'entry' as kind, e.date as from_date, e.date as to_date, e.student_id, e.class_id, e.session_id,
                      e.slot, e.original_status as before, e.status as now, e.marked_by as by, e.recorded_at as arrived_at,
                      e.command_id as id
               from register_sessions r
               join register_entries e on e.school_id = r.school_id and e.session_id = r.session_id
               where r.school_id = s.school_id and r.date between s.from_date and s.to_date
                 and (s.class_id is null or r.class_id = s.class_id)
                 and not r.void and r.last_arrived_at > s.recorded_at and e.recorded_at > s.recorded_at
               union all
               select 'register', r.date, r.date, null, r.class_id, r.session_id, r.slot, null, r.turn, r.turned_by,
                      r.turn_arrived_at, r.session_id
               from register_sessions r
               where r.school_id = s.school_id and r.date between s.from_date and s.to_date
                 and (s.class_id is null or r.class_id = s.class_id) and r.turn_arrived_at > s.recorded_at
               union all
               select 'exception', x.start_date, x.end_date, x.student_id, null, null, null, null, x.state, x.changed_by,
                      x.change_arrived_at, x.exception_id
               from exceptions x
               where x.school_id = s.school_id and x.change_arrived_at > s.recorded_at
                 and x.change_first_day <= s.to_date and x.change_last_day >= s.from_date
                 and (s.class_id is null or exists (
                     select from enrolment_periods p
                     where p.school_id = s.school_id and p.class_id = s.class_id and p.student_id = x.student_id
                       and p.from_date <= s.to_date and (p.until_date is null or p.until_date > s.from_date)
                 ))
               union all
               select 'roster', c.from_date, c.until_date - 1, c.student_id, c.class_id, null, null, null, c.change,
                      c.changed_by, c.recorded_at, c.command_id
               from roster_changes c
               where c.school_id = s.school_id and c.recorded_at > s.recorded_at
                 and (s.class_id is null or c.class_id = s.class_id)
                 and c.from_date <= s.to_date and (c.until_date is null or c.until_date > s.from_date)
             ) a on true " + $rest,
            $($parameter),+
        )
    };
}
pub(super) use with_amendments;
