//! The task that looks for changes while somebody listens, and ends the streams of those who may not listen any more.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use platform::auth::users;
use platform::problem::Problem;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::changed_registers::{Stretch, changes_behind, last_change};
use super::listeners::Hub;
use super::registry::Moved;
use crate::freshness::shard_of;

/// The projection that fills the registers.
const PROJECTION: &str = "attendance";
/// How often the cursors are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long nobody looks after the database did not answer.
const REST: Duration = Duration::from_secs(1);
/// How often it is asked who may still listen. Closing an account must take effect within five seconds.
const ASK_EVERY: Duration = Duration::from_secs(2);
/// How many schools are read at the same time.
const SCHOOLS_AT_ONCE: usize = 2;

/// Watches until nobody listens. Should that break down, all streams end, so that their clients come back and begin anew.
pub(super) async fn keep_watching(hub: Arc<Hub>) {
    let watching = tokio::spawn(watch(hub.clone()));
    if let Err(error) = watching.await {
        // Says so in the log, which is all that can be done about it.
        drop(Problem::internal(error));
        let mut registry = hub.registry();
        registry.is_watched = false;
        registry.end_all();
    }
}

async fn watch(hub: Arc<Hub>) {
    let mut asked_at = Instant::now();
    while is_wanted(&hub) {
        let mut looked = look(&hub).await;
        if asked_at.elapsed() >= ASK_EVERY {
            looked = looked.and(end_what_is_over(&hub).await);
            asked_at = Instant::now();
        }
        // What was wrong is in the log.
        sleep(if looked.is_ok() { LOOK_EVERY } else { REST }).await;
    }
}

/// Whether somebody listens. If not, the next one who comes starts another task.
fn is_wanted(hub: &Hub) -> bool {
    let mut registry = hub.registry();
    registry.is_watched = !registry.is_empty();
    registry.is_watched
}

/// Tells what changed since the last look.
async fn look(hub: &Hub) -> Result<(), Problem> {
    let versions = cursor_versions(hub).await?;
    let version_for = |school_id| versions.get(&shard_of(school_id)).cloned();
    let moved: Vec<Moved> = hub.registry().moved(version_for).collect();
    stream::iter(moved)
        .map(|moved| tell(hub, moved))
        .buffer_unordered(SCHOOLS_AT_ONCE)
        .try_collect()
        .await
}

/// A version of each shard's cursor: another one whenever it was written, though it may say what it said before, as after
/// a retry or a rebuild. Rows and their cursor are always written together.
async fn cursor_versions(hub: &Hub) -> Result<HashMap<i16, String>, Problem> {
    let rows = sqlx::query!(
        r#"select shard, xmin::text as "version!" from projection_cursors where projection = $1 and not building"#,
        PROJECTION,
    )
    .fetch_all(hub.services.db.pool())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.shard, row.version))
        .collect())
}

async fn tell(hub: &Hub, moved: Moved) -> Result<(), Problem> {
    let school_id = moved.school_id;
    let mut connection = hub.services.db.read_school(school_id).await?;
    let mut place = moved.place;
    loop {
        let stretch = match place {
            None => Stretch::empty_at(last_change(&mut connection, school_id).await?),
            Some(place) => changes_behind(&mut connection, school_id, place).await?,
        };
        let is_last = !stretch.is_full();
        place = Some(stretch.to);
        hub.registry().tell(school_id, stretch);
        if is_last {
            hub.registry().has_told(school_id, moved.cursor_version);
            return Ok(());
        }
    }
}

/// Ends the streams of tokens that are over and of people who may not listen any more.
async fn end_what_is_over(hub: &Hub) -> Result<(), Problem> {
    let (now, epoch) = (hub.services.clock.now(), hub.services.store.current().epoch);
    hub.registry().end_overdue(now, epoch);
    let people = hub.registry().people();
    for (school_id, mut people) in people {
        let mut connection = hub.services.db.read_school(school_id).await?;
        let user_ids: Vec<Uuid> = people.iter().map(|(user_id, _)| *user_id).collect();
        let open = users::find_open(&mut connection, school_id, &user_ids).await?;
        people.retain(|(user_id, role)| open.get(user_id) != Some(role));
        hub.registry().end_of(school_id, &people);
    }
    Ok(())
}
