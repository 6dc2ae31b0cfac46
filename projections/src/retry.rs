//! Trying held streams again, after the program or the cause was mended.

use std::collections::BTreeMap;

use event_store::feed::shard_of;
use platform::database::Database;
use sqlx::{Connection, PgConnection};

use crate::attendance::changes;
use crate::catch_up::drive_under;
use crate::cursor::{self, CursorKey};
use crate::error::Error;
use crate::held::{self, HeldStream};
use crate::install::ensure_version;
use crate::lease::{self, Lease};
use crate::poison;
use crate::projection::Projection;
use crate::stopped;
use crate::stream::{self, TouchedStream};

/// What became of the held streams.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retried {
    /// They could be applied and go on.
    pub released: Vec<HeldStream>,
    /// They stopped again, perhaps at a later event.
    pub still_held: Vec<HeldStream>,
    /// Rebuilds that workers stopped at these start again.
    pub restarted: Vec<HeldStream>,
}

/// Applies every held stream again. The shards concerned are taken from their workers for the moment that takes.
///
/// # Errors
/// [`Error::OtherVersion`] when another version of the program fills the tables, [`Error::RebuildRunning`] when a rebuild is
/// about to swap its own in, [`Error::LeaseLost`] when one came to that meanwhile; or the database does not answer. What
/// was released until then stays released.
pub async fn retry(db: &Database) -> Result<Retried, Error> {
    let mut connection = db.pool().acquire().await?;
    let holder = platform::ids::new_id();
    let mut retried = Retried::default();
    let held = held::list(&mut connection).await?;
    stopped::forget(&mut connection).await?;
    retried.restarted = held
        .iter()
        .filter(|held| is_rebuild(held))
        .cloned()
        .collect();
    for ((projection, shard), streams) in by_shard(held) {
        let key = CursorKey {
            projection,
            shard,
            building: false,
        };
        let lease = lease::take_over(&mut connection, projection, shard, holder).await?;
        let work = retry_shard(&mut connection, key, &lease, streams, &mut retried);
        let result = lease::keep_during(db, &[&lease], work).await;
        lease.release(&mut connection).await?;
        result?;
    }
    Ok(retried)
}

fn is_rebuild(held: &HeldStream) -> bool {
    Projection::ALL
        .iter()
        .any(|projection| projection.building_name() == held.projection)
}

/// Streams held by a projection that this program does not have are left alone.
fn by_shard(held: Vec<HeldStream>) -> BTreeMap<(Projection, i16), Vec<HeldStream>> {
    let mut shards: BTreeMap<_, Vec<HeldStream>> = BTreeMap::new();
    for stream in held {
        if let Ok(projection) = stream.projection.parse() {
            let shard = shard_of(stream.school_id);
            shards.entry((projection, shard)).or_default().push(stream);
        }
    }
    shards
}

async fn retry_shard(
    connection: &mut PgConnection,
    key: CursorKey,
    lease: &Lease,
    streams: Vec<HeldStream>,
    retried: &mut Retried,
) -> Result<(), Error> {
    ensure_version(connection, key.projection, |served, ours| served == ours).await?;
    // Afterwards the cursor stands at the end of a transaction, where there is room for what is released.
    drive_under(connection, key, lease).await?;
    for stream in streams {
        match retry_stream(connection, key, lease, &stream).await? {
            None => retried.released.push(stream),
            Some(poison) => retried.still_held.push(HeldStream {
                sequence: poison.sequence,
                reason: poison.reason,
                ..stream
            }),
        }
    }
    Ok(())
}

/// Applies the stream up to the cursor, from where it goes on with the feed.
async fn retry_stream(
    connection: &mut PgConnection,
    key: CursorKey,
    lease: &Lease,
    stream: &HeldStream,
) -> Result<Option<poison::Poison>, Error> {
    let mut transaction = connection.begin().await?;
    let here = cursor::read(&mut transaction, key).await?;
    let school_id = stream.school_id;
    let touched = TouchedStream {
        id: stream.stream.clone(),
        first_sequence: stream.sequence,
        // Whoever follows the changes has passed the event's own place long ago.
        newest: changes::behind_newest(&mut transaction, school_id, here).await?,
    };
    held::release(&mut transaction, key.projection, school_id, &stream.stream).await?;
    let streams = std::slice::from_ref(&touched);
    let mut poison = None;
    for loaded in stream::load(&mut transaction, school_id, streams, here).await? {
        let first = touched.first_sequence;
        poison = poison::apply_up_to(&mut transaction, key.projection, school_id, &loaded, first)
            .await?;
    }
    if let Some(poison) = &poison {
        held::hold(
            &mut transaction,
            key.projection,
            school_id,
            &stream.stream,
            poison,
        )
        .await?;
    }
    cursor::advance(&mut transaction, key, lease, here, here).await?;
    transaction.commit().await?;
    Ok(poison)
}
