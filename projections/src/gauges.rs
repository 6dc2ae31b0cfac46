//! The metrics of the projections.
//!
//! `muster_projection_lag_events` and `muster_projection_lag_seconds` by projection and shard,
//! `muster_projection_held_streams`, `muster_projection_rebuild_stopped` (1 while a worker waits to be told to rebuild
//! again) and `muster_projection_applied_events_total` by projection.

use std::collections::HashMap;

use event_store::stall::{self, Stall};
use metrics::{counter, gauge};
use platform::database::Database;

use crate::error::Error;
use crate::held;
use crate::projection::Projection;
use crate::status;

/// Reads where everything stands and sets the gauges, that of stalls too.
pub(crate) async fn refresh(db: &Database) -> Result<(), Error> {
    let mut connection = db.pool().acquire().await?;
    for shard in status::shards(&mut connection).await? {
        let labels = [
            ("projection", shard.projection),
            ("shard", shard.shard.to_string()),
            ("building", shard.building.to_string()),
        ];
        // A lag beyond 2^53 events is not told exactly.
        gauge!("muster_projection_lag_events", &labels).set(shard.lag_events as f64);
        gauge!("muster_projection_lag_seconds", &labels).set(shard.lag_seconds);
    }
    let mut held_streams: HashMap<String, u32> = Projection::ALL
        .map(|projection| (projection.name().to_owned(), 0))
        .into();
    let mut stopped = Projection::ALL.map(|projection| (projection, 0));
    for stream in held::list(&mut connection).await? {
        let rebuild = stopped
            .iter_mut()
            .find(|(projection, _)| projection.building_name() == stream.projection);
        match rebuild {
            Some((_, stopped)) => *stopped = 1,
            None => *held_streams.entry(stream.projection).or_default() += 1,
        }
    }
    for (projection, stopped) in stopped {
        gauge!("muster_projection_rebuild_stopped", "projection" => projection.name()).set(stopped);
    }
    for (projection, streams) in held_streams {
        gauge!("muster_projection_held_streams", "projection" => projection).set(streams);
    }
    if let Some(stall) = stall::check(&mut connection).await?.filter(Stall::is_long) {
        let culprit = stall.culprit.map(|culprit| culprit.to_string());
        tracing::warn!(
            stall.seconds,
            stall.position = %stall.position,
            stall.culprit = culprit.unwrap_or_else(|| "unknown".to_owned()),
            "the feed waits for a transaction"
        );
    }
    Ok(())
}

/// Counts events that a served projection has read.
pub(crate) fn count_applied(projection: Projection, events: u64) {
    counter!("muster_projection_applied_events_total", "projection" => projection.name())
        .increment(events);
}
