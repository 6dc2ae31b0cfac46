//! The write-side rows of policies and calendars, which follow their events.

use domain::{
    Calendar, CalendarEvent, CalendarSet, Event, Instant, PolicyEvent, PolicySet, SchoolId, UserId,
    Weekday,
};
use event_store::{AppendError, NewEvent};
use sqlx::PgConnection;
use uuid::Uuid;

/// Numbers are given out before the append. If somebody was quicker, these say so, unless the append itself did.
const VERSION_CONSTRAINTS: [&str; 2] = ["policies_pkey", "calendars_pkey"];

/// Writes down the versions that these events made.
///
/// # Errors
/// [`AppendError::Conflict`] if somebody else made a version of the same number first, or the database does not answer.
pub(crate) async fn write(
    connection: &mut PgConnection,
    school_id: SchoolId,
    recorded_at: Instant,
    events: &[NewEvent],
) -> Result<(), AppendError> {
    for new_event in events {
        let made = Made {
            school_id: school_id.as_uuid(),
            by: new_event.actor_id,
            at: recorded_at,
        };
        write_one(connection, &made, &new_event.event).await?;
    }
    Ok(())
}

/// Writes down the version that this event made, if it made one.
///
/// # Errors
/// As [`write`].
pub(super) async fn write_one(
    connection: &mut PgConnection,
    made: &Made,
    event: &Event,
) -> Result<(), AppendError> {
    let written = match event {
        Event::Policy(PolicyEvent::PolicySet(set)) => write_policy(connection, made, set).await,
        Event::Calendar(CalendarEvent::CalendarSet(set)) => {
            write_calendar(connection, made, set).await
        }
        Event::Session(_)
        | Event::Exception(_)
        | Event::Roll(_)
        | Event::SignOff(_)
        | Event::Alias(_) => Ok(()),
    };
    written.map_err(conflict_or_fault)
}

fn conflict_or_fault(error: sqlx::Error) -> AppendError {
    let constraint = error
        .as_database_error()
        .and_then(|error| error.constraint());
    if constraint.is_some_and(|name| VERSION_CONSTRAINTS.contains(&name)) {
        AppendError::Conflict
    } else {
        error.into()
    }
}

/// Where, by whom and when a version was made.
pub(super) struct Made {
    pub(super) school_id: Uuid,
    pub(super) by: UserId,
    pub(super) at: Instant,
}

async fn write_policy(
    connection: &mut PgConnection,
    made: &Made,
    PolicySet { version, policy }: &PolicySet,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into policies (school_id, version, valid_from, present_counts, late_counts, absent_counts, excused_counts,
            chronic_percent, chronic_min_days, edit_days, reopen_minutes, set_by, set_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        made.school_id,
        version.cast_signed(),
        policy.valid_from,
        policy.counts.present.as_str(),
        policy.counts.late.as_str(),
        policy.counts.absent.as_str(),
        policy.counts.excused.as_str(),
        policy.chronic_percent.cast_signed(),
        policy.chronic_min_days.cast_signed(),
        policy.edit_days.cast_signed(),
        policy.reopen_minutes.cast_signed(),
        made.by.as_uuid(),
        made.at
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_calendar(
    connection: &mut PgConnection,
    made: &Made,
    set: &CalendarSet,
) -> sqlx::Result<()> {
    let CalendarSet { version, calendar } = set;
    let school_days: Vec<i16> = calendar.school_days.iter().map(number).collect();
    sqlx::query!(
        "insert into calendars (school_id, version, valid_from, school_days, expected_slots, set_by, set_at)
        values ($1, $2, $3, $4, $5, $6, $7)",
        made.school_id,
        version.cast_signed(),
        calendar.valid_from,
        &school_days,
        &stored_slots(&calendar.expected.default),
        made.by.as_uuid(),
        made.at
    )
    .execute(&mut *connection)
    .await?;
    write_closed_days(connection, made, set).await?;
    write_expected_registers(connection, made, set).await?;
    write_what_holds_at_once(connection, made.school_id, calendar).await
}

fn number(weekday: &Weekday) -> i16 {
    weekday.number().into()
}

/// Slots as they are stored: the register without one is the empty text.
fn stored_slots(slots: &[Option<domain::Slot>]) -> Vec<String> {
    slots
        .iter()
        .map(|slot| slot.as_ref().map_or("", |slot| slot.as_str()).to_owned())
        .collect()
}

async fn write_closed_days(
    connection: &mut PgConnection,
    made: &Made,
    CalendarSet { version, calendar }: &CalendarSet,
) -> sqlx::Result<()> {
    let days = &calendar.closed_days;
    let from: Vec<_> = days.iter().map(|days| days.from).collect();
    let to: Vec<_> = days.iter().map(|days| days.to).collect();
    let titles: Vec<_> = days.iter().map(|days| days.title.as_str()).collect();
    sqlx::query!(
        "insert into closed_days (school_id, version, from_date, to_date, title)
        select $1, $2, * from unnest($3::date[], $4::date[], $5::text[])",
        made.school_id,
        version.cast_signed(),
        &from,
        &to,
        &titles as &[&str]
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_expected_registers(
    connection: &mut PgConnection,
    made: &Made,
    CalendarSet { version, calendar }: &CalendarSet,
) -> sqlx::Result<()> {
    // A list of lists cannot be unnested a row at a time. No slot contains a comma.
    let classes = &calendar.expected.classes;
    let class_ids: Vec<_> = classes.iter().map(|it| it.class_id.as_uuid()).collect();
    let slots: Vec<_> = classes
        .iter()
        .map(|class| (!class.slots.is_empty()).then(|| stored_slots(&class.slots).join(",")))
        .collect();
    sqlx::query!(
        "insert into expected_registers (school_id, version, class_id, slots)
        select $1, $2, class_id,
            case when slots is null then '{}' when slots = '' then array[''] else string_to_array(slots, ',') end
        from unnest($3::uuid[], $4::text[]) as expected (class_id, slots)",
        made.school_id,
        version.cast_signed(),
        &class_ids,
        &slots as &[Option<String>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The slots and the time zone, which have no dates.
async fn write_what_holds_at_once(
    connection: &mut PgConnection,
    school_id: Uuid,
    calendar: &Calendar,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update schools set time_zone = $2 where school_id = $1 and time_zone <> $2",
        school_id,
        calendar.time_zone
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from slots where school_id = $1", school_id)
        .execute(&mut *connection)
        .await?;
    let slots = &calendar.slots;
    let ids: Vec<_> = slots.iter().map(|slot| slot.id.as_str()).collect();
    let titles: Vec<_> = slots.iter().map(|slot| slot.title.as_str()).collect();
    let starts: Vec<_> = slots
        .iter()
        .map(|it| it.start.map(|time| time.as_time()))
        .collect();
    let ends: Vec<_> = slots
        .iter()
        .map(|it| it.end.map(|time| time.as_time()))
        .collect();
    sqlx::query!(
        r#"insert into slots (school_id, slot, title, starts_at, ends_at, sort_order)
        select $1, slot, title, starts_at, ends_at, place
        from unnest($2::text[], $3::text[], $4::time[], $5::time[]) with ordinality
            as planned (slot, title, starts_at, ends_at, place)"#,
        school_id,
        &ids as &[&str],
        &titles as &[&str],
        &starts as &[Option<chrono::NaiveTime>],
        &ends as &[Option<chrono::NaiveTime>]
    )
    .execute(connection)
    .await?;
    Ok(())
}
