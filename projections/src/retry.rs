//! Trying held streams again, after the program or the cause was mended.

use std::collections::BTreeMap;

use event_store::feed::shard_of;
use platform::database::Database;
use sqlx::{Connection, PgConnection};

use crate::cursor::{self, CursorKey};
use crate::error::Error;
use crate::held::{self, HeldStream};
use crate::lease::{self, Lease};
use crate::poison;
use crate::projection::Projection;
use crate::stream::TouchedStream;

/// What became of the held streams.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retried {
    /// They could be applied and go on.
    pub released: Vec<HeldStream>,
    /// They stopped again, perhaps at a later event.
    pub still_held: Vec<HeldStream>,
}

/// Applies every held stream again. The shards concerned are taken from their workers for the moment that takes.
///
/// # Errors
/// The database does not answer. What was released until then stays released.
pub async fn retry(db: &Database) -> Result<Retried, Error> {
    let mut connection = db.pool().acquire().await?;
    let holder = platform::ids::new_id();
    let mut retried = Retried::default();
    for ((projection, shard), streams) in by_shard(held::list(&mut connection).await?) {
        let key = CursorKey {
            projection,
            shard,
            building: false,
        };
        let mut lease = lease::take_over(&mut connection, projection.name(), shard, holder).await?;
        let result = retry_shard(&mut connection, key, &mut lease, streams, &mut retried).await;
        lease.release(&mut connection).await?;
        result?;
    }
    Ok(retried)
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
    lease: &mut Lease,
    streams: Vec<HeldStream>,
    retried: &mut Retried,
) -> Result<(), Error> {
    for stream in streams {
        lease.keep(connection).await?;
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
    let touched = TouchedStream {
        id: stream.stream.clone(),
        first_sequence: stream.sequence,
        // Whoever follows the changes has passed the event's own place long ago.
        newest: here,
    };
    let school_id = stream.school_id;
    held::release(&mut transaction, key.projection, school_id, &stream.stream).await?;
    let poison =
        poison::apply_up_to(&mut transaction, key.projection, school_id, &touched, here).await?;
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
