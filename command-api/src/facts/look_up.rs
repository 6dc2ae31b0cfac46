//! The one statement that looks up all facts of a batch.

use chrono::NaiveDate;
use domain::{DeviceId, Instant, Period, SchoolId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

/// What facts are asked for.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) school_id: SchoolId,
    /// Who sends the batch, and from where.
    pub(super) caller: UserId,
    pub(super) device_id: Option<DeviceId>,
    /// Classes, students and teachers that commands name.
    pub(super) class_ids: Vec<Uuid>,
    pub(super) student_ids: Vec<Uuid>,
    pub(super) teacher_ids: Vec<Uuid>,
    /// Whether it matters when a student was the caller's pupil.
    pub(super) own_pupils: bool,
    /// What the batch is about, as keys of locks.
    pub(super) keys: Vec<i64>,
    /// A day that is today or before it, wherever the school is.
    pub(super) a_day_not_to_come: NaiveDate,
}

/// The answer: one row. What would be rows of a table of its own comes as one array a column, all in one order.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) time_zone: String,
    /// The versions of the policy from the one that was in force on the day not to come.
    pub(super) policy_versions: Vec<i32>,
    pub(super) policies_valid_from: Vec<NaiveDate>,
    pub(super) edit_days: Vec<i32>,
    pub(super) reopen_minutes: Vec<i32>,
    /// The highest version of the calendar; 0 if there is none.
    pub(super) calendar_version: i32,
    pub(super) term_ids: Vec<Uuid>,
    pub(super) terms_start_on: Vec<NaiveDate>,
    pub(super) terms_end_on: Vec<NaiveDate>,
    pub(super) terms_taught: Vec<bool>,
    pub(super) subjects: Vec<Uuid>,
    pub(super) slots: Vec<String>,
    pub(super) last_empty_at: Option<Instant>,
    pub(super) last_device_seq: Option<i64>,
    pub(super) newest_recorded_at: Option<Instant>,
    pub(super) database_clock: Instant,
    pub(super) class_ids: Vec<Uuid>,
    pub(super) only_subjects: Vec<Option<Uuid>>,
    /// Classes with terms of their own, and those terms.
    pub(super) classes_of_terms: Vec<Uuid>,
    pub(super) terms_of_classes: Vec<Uuid>,
    /// When the caller teaches which class.
    pub(super) taught_classes: Vec<Uuid>,
    pub(super) taught_from: Vec<NaiveDate>,
    pub(super) taught_until: Vec<Option<NaiveDate>>,
    /// When the caller covers which part of the day of which class; '' is all of the day.
    pub(super) covered_classes: Vec<Uuid>,
    pub(super) covered_slots: Vec<String>,
    pub(super) covered_from: Vec<NaiveDate>,
    pub(super) covered_until: Vec<Option<NaiveDate>>,
    pub(super) students: Vec<Uuid>,
    /// Who of them was erased.
    pub(super) erased: Vec<Uuid>,
    /// Who is enrolled in which class and when.
    pub(super) enrolled_students: Vec<Uuid>,
    pub(super) enrolled_in: Vec<Uuid>,
    pub(super) enrolled_from: Vec<NaiveDate>,
    pub(super) enrolled_until: Vec<Option<NaiveDate>>,
    /// All doubles of the school, and whom they are merged into.
    pub(super) aliases: Vec<Uuid>,
    pub(super) aliases_into: Vec<Uuid>,
    /// Which doubles are enrolled in which class and when.
    pub(super) enrolled_doubles: Vec<Uuid>,
    pub(super) doubles_in: Vec<Uuid>,
    pub(super) doubles_from: Vec<NaiveDate>,
    pub(super) doubles_until: Vec<Option<NaiveDate>>,
    /// Who is in a class that the caller teaches or covers, and when both are so.
    pub(super) pupils: Vec<Uuid>,
    pub(super) pupils_from: Vec<NaiveDate>,
    pub(super) pupils_until: Vec<Option<NaiveDate>>,
    pub(super) teachers: Vec<Uuid>,
    pub(super) others_welcome: bool,
}

/// Looks everything up, and takes part in what the keys stand for: until the transaction ends, nobody is alone with it.
/// One statement, because its round trip costs more than any part of it.
///
/// # Errors
/// The database does not answer.
#[expect(
    clippy::too_many_lines,
    reason = "one statement, whose parts would be shorter only as statements of their own"
)]
pub(super) async fn look_up(
    connection: &mut PgConnection,
    question: &Question,
) -> sqlx::Result<Answer> {
    sqlx::query_as!(
        Answer,
        r#"select s.time_zone, p.versions as "policy_versions!", p.valid_from as "policies_valid_from!",
            p.edit_days as "edit_days!", p.reopen_minutes as "reopen_minutes!",
            coalesce((select max(version) from calendars where school_id = $1), 0) as "calendar_version!",
            t.ids as "term_ids!", t.starts_on as "terms_start_on!", t.ends_on as "terms_end_on!",
            t.taught as "terms_taught!",
            array(select subject_id from subjects where school_id = $1) as "subjects!",
            array(select slot from slots where school_id = $1) as "slots!",
            d.last_empty_at as "last_empty_at?", d.last_device_seq as "last_device_seq?",
            newest_recorded_at() as newest_recorded_at, clock_timestamp() as "database_clock!",
            c.ids as "class_ids!", c.subjects as "only_subjects!: Vec<Option<Uuid>>",
            own.class_ids as "classes_of_terms!", own.term_ids as "terms_of_classes!",
            taught.class_ids as "taught_classes!", taught.since as "taught_from!",
            taught.until as "taught_until!: Vec<Option<NaiveDate>>",
            covered.class_ids as "covered_classes!", covered.slots as "covered_slots!",
            covered.since as "covered_from!", covered.until as "covered_until!: Vec<Option<NaiveDate>>",
            array(select student_id from students where school_id = $1 and student_id = any($5)) as "students!",
            array(select student_id from erasures where school_id = $1 and student_id = any($5)) as "erased!",
            e.student_ids as "enrolled_students!", e.class_ids as "enrolled_in!", e.since as "enrolled_from!",
            e.until as "enrolled_until!: Vec<Option<NaiveDate>>",
            a.student_ids as "aliases!", a.into_ids as "aliases_into!",
            doubles.student_ids as "enrolled_doubles!", doubles.class_ids as "doubles_in!",
            doubles.since as "doubles_from!", doubles.until as "doubles_until!: Vec<Option<NaiveDate>>",
            pupils.student_ids as "pupils!", pupils.since as "pupils_from!",
            pupils.until as "pupils_until!: Vec<Option<NaiveDate>>",
            array(select user_id from users
                where school_id = $1 and user_id = any($6) and role in ('teacher', 'admin')) as "teachers!",
            (select coalesce(bool_and(pg_try_advisory_xact_lock_shared(key)), true)
                from unnest($8::bigint[]) as key) as "others_welcome!"
        from schools s
        cross join lateral (
            select coalesce(array_agg(version), '{}') as versions, coalesce(array_agg(valid_from), '{}') as valid_from,
                coalesce(array_agg(edit_days), '{}') as edit_days,
                coalesce(array_agg(reopen_minutes), '{}') as reopen_minutes
            from policies where school_id = $1
                and version >= coalesce((select max(version) from policies where school_id = $1 and valid_from <= $9), 0)
        ) p
        left join devices d on d.school_id = $1 and d.device_id = $3
        cross join lateral (
            select coalesce(array_agg(term_id), '{}') as ids, coalesce(array_agg(starts_on), '{}') as starts_on,
                coalesce(array_agg(ends_on), '{}') as ends_on, coalesce(array_agg(taught), '{}') as taught
            from terms where school_id = $1
        ) t
        cross join lateral (
            select coalesce(array_agg(class_id), '{}') as ids, coalesce(array_agg(subject_id), '{}') as subjects
            from classes where school_id = $1 and class_id = any($4)
        ) c
        cross join lateral (
            select coalesce(array_agg(class_id), '{}') as class_ids, coalesce(array_agg(term_id), '{}') as term_ids
            from class_terms where school_id = $1 and class_id = any($4)
        ) own
        cross join lateral (
            select coalesce(array_agg(class_id), '{}') as class_ids, coalesce(array_agg(from_date), '{}') as since,
                coalesce(array_agg(until_date), '{}') as until
            from teaching where school_id = $1 and class_id = any($4) and teacher_id = $2
        ) taught
        cross join lateral (
            select coalesce(array_agg(class_id), '{}') as class_ids, coalesce(array_agg(slot), '{}') as slots,
                coalesce(array_agg(from_date), '{}') as since, coalesce(array_agg(until_date), '{}') as until
            from covers where school_id = $1 and class_id = any($4) and teacher_id = $2
        ) covered
        cross join lateral (
            select coalesce(array_agg(student_id), '{}') as student_ids, coalesce(array_agg(class_id), '{}') as class_ids,
                coalesce(array_agg(from_date), '{}') as since, coalesce(array_agg(until_date), '{}') as until
            from enrolments where school_id = $1 and class_id = any($4) and student_id = any($5)
        ) e
        cross join lateral (
            select coalesce(array_agg(student_id), '{}') as student_ids, coalesce(array_agg(into_id), '{}') as into_ids
            from student_aliases where school_id = $1
        ) a
        cross join lateral (
            select coalesce(array_agg(e.student_id), '{}') as student_ids, coalesce(array_agg(e.class_id), '{}') as class_ids,
                coalesce(array_agg(e.from_date), '{}') as since, coalesce(array_agg(e.until_date), '{}') as until
            from student_aliases x
            join enrolments e on e.school_id = x.school_id and e.student_id = x.student_id
            where x.school_id = $1 and x.into_id = any($5) and e.class_id = any($4)
        ) doubles
        cross join lateral (
            select coalesce(array_agg(e.student_id), '{}') as student_ids,
                coalesce(array_agg(greatest(e.from_date, t.from_date)), '{}') as since,
                coalesce(array_agg(least(e.until_date, t.until_date)), '{}') as until
            from enrolments e
            join (
                select class_id, from_date, until_date from teaching where school_id = $1 and teacher_id = $2
                union all
                select class_id, from_date, until_date from covers where school_id = $1 and teacher_id = $2
            ) t on t.class_id = e.class_id
            where $7 and e.school_id = $1 and e.student_id = any($5)
        ) pupils
        where s.school_id = $1"#,
        question.school_id.as_uuid(),
        question.caller.as_uuid(),
        question.device_id.map(|id| id.as_uuid()),
        &question.class_ids,
        &question.student_ids,
        &question.teacher_ids,
        question.own_pupils,
        &question.keys,
        question.a_day_not_to_come
    )
    .fetch_one(connection)
    .await
}

/// Periods from their two columns.
pub(super) fn periods<'a>(
    from: &'a [NaiveDate],
    until: &'a [Option<NaiveDate>],
) -> impl Iterator<Item = Period> + 'a {
    from.iter().zip(until).map(|(from, until)| Period {
        from: *from,
        until: *until,
    })
}
