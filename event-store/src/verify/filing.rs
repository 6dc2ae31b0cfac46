//! Whether an event is filed where its content belongs: under its class, its student and its school's share.

use std::collections::HashMap;

use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::feed::shard_of;

/// Under what readers find an event.
pub(super) struct Filed<'row> {
    pub(super) school_id: Uuid,
    pub(super) shard: i16,
    pub(super) class_id: Option<&'row str>,
    pub(super) student_id: Option<&'row str>,
}

/// What of an event's content it is filed by. Ids need no escapes, so what is not there as it stands is not ours.
#[derive(Default, Deserialize)]
struct Content<'payload> {
    #[serde(borrow)]
    session: Option<Session<'payload>>,
    class_id: Option<&'payload str>,
    student_id: Option<&'payload str>,
}

#[derive(Deserialize)]
struct Session<'payload> {
    class_id: Option<&'payload str>,
}

impl Filed<'_> {
    /// Whether it certainly is as the content says. Content that is not as ours is shaped says nothing: [`is_filed`] asks
    /// the database, which takes longer.
    pub(super) fn certainly_by(&self, event_type: &str, payload: &str) -> bool {
        let Ok(by_type) = serde_json::from_str::<HashMap<&str, Content<'_>>>(payload) else {
            return false;
        };
        let Some(content) = by_type.get(event_type) else {
            return false;
        };
        let of_session = content.session.as_ref();
        let class_id = of_session
            .and_then(|session| session.class_id)
            .or(content.class_id);
        self.shard == shard_of(self.school_id.into())
            && self.class_id == class_id
            && self.student_id == content.student_id
    }
}

/// Whether an event is filed as the definitions of the columns would have it.
pub(super) async fn is_filed(
    connection: &mut PgConnection,
    school_id: Uuid,
    command_id: Uuid,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select (shard = get_byte(uuid_send(school_id), 15) % 8
            and student_id is not distinct from payload -> event_type ->> 'student_id'
            and class_id is not distinct from coalesce(
                payload -> event_type -> 'session' ->> 'class_id', payload -> event_type ->> 'class_id')
        ) as "is_filed!" from events where school_id = $1 and command_id = $2"#,
        school_id,
        command_id
    )
    .fetch_one(connection)
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_strangely_is_left_to_the_database() {
        let filed = Filed {
            school_id: Uuid::from_u128(3),
            shard: 3,
            class_id: Some("c"),
            student_id: Some("s"),
        };
        let by = |payload| filed.certainly_by("marked", payload);
        assert!(by(
            r#"{"marked":{"session":{"class_id":"c","slot":null},"student_id":"s","status":"late"}}"#
        ));
        assert!(by(r#"{"marked":{"class_id":"c","student_id":"s"}}"#));
        for strange in [
            r#"{"marked":{"session":{"class_id":"c"},"student_id":"\u0073"}}"#,
            r#"{"marked":{"session":{"class_id":"other"},"class_id":"c","student_id":"s"}}"#,
            r#"{"marked":{"class_id":"c"}}"#,
            r#"{"other":{"class_id":"c","student_id":"s"}}"#,
            r#"{"marked":7}"#,
            "7",
        ] {
            assert!(!by(strange), "{strange}");
        }
        let elsewhere = Filed { shard: 4, ..filed };
        assert!(
            !elsewhere.certainly_by("marked", r#"{"marked":{"class_id":"c","student_id":"s"}}"#)
        );
    }
}
