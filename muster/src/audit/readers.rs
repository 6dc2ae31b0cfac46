//! Whether another program reads the same events: everything is read once in the order of the feed, as this program
//! does, and once stream by stream by the published postgres-es, which shares no reading code with it.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::pin;

use anyhow::{Context, Result, bail};
use domain::{
    AttendanceException, AttendanceSession, ClassRoll, PeriodSignOff, SchoolCalendar, SchoolId,
    SchoolPolicy, StudentAlias,
};
use event_store::cqrs::SchoolStore;
use event_store::{Position, StreamId, replay};
use futures::TryStreamExt;
use platform::database::Database;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sqlx::postgres::PgConnectOptions;

use super::comparison::Comparison;

/// What a reader made of each stream of a school.
type Readings = BTreeMap<StreamId, Reading>;

/// What a reader made of a stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Reading {
    events: u64,
    /// Of all events, in the order read.
    digest: u64,
}

impl Reading {
    fn add(&mut self, sequence: u64, kind: &str, version: &str, content: [&Value; 2]) {
        let [payload, metadata] = content.map(Value::to_string);
        let mut hasher = DefaultHasher::new();
        (self.digest, sequence, kind, version, payload, metadata).hash(&mut hasher);
        self.digest = hasher.finish();
        self.events += 1;
    }
}

/// Reads every event of a database twice, tells of the streams that the two readers find different, and answers how many
/// events there are.
///
/// # Errors
/// An event cannot be read, or the replay does not come to the end it saw at its start, or the database fails.
pub(super) async fn compare_readers(
    database: &Database,
    url: &SecretString,
    comparison: &mut Comparison,
) -> Result<u64> {
    let options: PgConnectOptions = url.expose_secret().parse()?;
    let mut events = 0;
    for (school_id, readings) in replayed(database).await? {
        let published = SchoolStore::new(options.clone(), school_id);
        for (stream, reading) in readings {
            events += reading.events;
            comparison.rows += 1;
            let other = read_published(&published, &stream)
                .await
                .with_context(|| format!("postgres-es cannot read {stream}"))?;
            if other != reading {
                let stream = format!("{stream} of school {school_id}");
                comparison.add("events", "postgres-es reads another history", &stream);
            }
        }
        published.close().await;
    }
    Ok(events)
}

/// Everything, as this program reads it.
async fn replayed(database: &Database) -> Result<BTreeMap<SchoolId, Readings>> {
    let mut connection = database.pool().acquire().await?;
    let mut schools: BTreeMap<SchoolId, Readings> = BTreeMap::new();
    let mut events = pin!(replay::all(&mut connection, Position::START));
    while let Some(event) = events
        .try_next()
        .await
        .context("the events cannot all be read")?
    {
        let payload = serde_json::from_str(&event.payload)?;
        let metadata = serde_json::from_str(&event.metadata)?;
        let readings = schools.entry(event.school_id).or_default();
        readings.entry(event.stream).or_default().add(
            event.sequence.unsigned_abs(),
            event.recorded.event.event_type(),
            &event.event_version,
            [&payload, &metadata],
        );
    }
    Ok(schools)
}

async fn read_published(store: &SchoolStore, stream: &StreamId) -> Result<Reading> {
    let id = stream.aggregate_id;
    let events = match stream.aggregate_type.as_ref() {
        StreamId::ATTENDANCE_SESSION => store.published_events::<AttendanceSession>(id).await?,
        StreamId::ATTENDANCE_EXCEPTION => store.published_events::<AttendanceException>(id).await?,
        StreamId::CLASS_ROLL => store.published_events::<ClassRoll>(id).await?,
        StreamId::SCHOOL_POLICY => store.published_events::<SchoolPolicy>(id).await?,
        StreamId::SCHOOL_CALENDAR => store.published_events::<SchoolCalendar>(id).await?,
        StreamId::PERIOD_SIGN_OFF => store.published_events::<PeriodSignOff>(id).await?,
        StreamId::STUDENT_ALIAS => store.published_events::<StudentAlias>(id).await?,
        unknown => bail!("there is no aggregate {unknown:?}"),
    };
    let mut reading = Reading::default();
    for event in events {
        reading.add(
            u64::try_from(event.sequence)?,
            &event.event_type,
            &event.event_version,
            [&event.payload, &event.metadata],
        );
    }
    Ok(reading)
}
