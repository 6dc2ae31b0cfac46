//! Which registers of a class the calendar expects on a school day.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

/// The registers of a class that are expected on each school day from a day on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExpectedSlots {
    /// The first day.
    from: NaiveDate,
    /// Null is the register without a slot; an empty list expects none.
    #[schema(example = json!(["am", "pm"]))]
    slots: Vec<Option<String>>,
}

/// What the calendars in force from `since` on expect of each class, in the order of their days. Nothing before anybody has
/// set a calendar.
///
/// # Errors
/// The database does not answer.
pub(super) async fn expected_slots(
    connection: &mut PgConnection,
    school_id: Uuid,
    since: NaiveDate,
) -> Result<HashMap<Uuid, Vec<ExpectedSlots>>, sqlx::Error> {
    // A later version that holds from an earlier day leaves none to the one before.
    let rows = sqlx::query!(
        r#"
        select c.class_id, k.valid_from, coalesce(x.slots, k.expected_slots) as "slots!"
        from calendars k
        join classes c on c.school_id = k.school_id
        left join expected_registers x
          on x.school_id = k.school_id and x.version = k.version and x.class_id = c.class_id
        where k.school_id = $1 and not exists (
            select from calendars later
            where later.school_id = k.school_id and later.version > k.version
              and later.valid_from <= greatest(k.valid_from, $2)
        )
        order by k.version
        "#,
        school_id,
        since,
    )
    .fetch_all(connection)
    .await?;
    let mut expected: HashMap<Uuid, Vec<ExpectedSlots>> = HashMap::new();
    for row in rows {
        let slots = row.slots.into_iter();
        expected
            .entry(row.class_id)
            .or_default()
            .push(ExpectedSlots {
                from: row.valid_from,
                slots: slots
                    .map(|slot| Some(slot).filter(|slot| !slot.is_empty()))
                    .collect(),
            });
    }
    Ok(expected)
}
