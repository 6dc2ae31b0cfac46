//! Projections: events become read tables.
//!
//! A projection has a name, a version, tables of its own and one function that applies streams to them. Work is divided by
//! school into shards. For each shard of each projection there is a cursor in the feed, and a batch's rows and the
//! cursor's move are committed together: every event is applied exactly once. Whoever moves a cursor holds the shard's
//! lease, and what is committed is fenced by it.
//!
//! The feed only says which streams have news. Those are read whole and folded with the fold of `domain`, and their rows
//! are made to say the same: applying anything twice changes nothing, and the order between streams does not matter.
//!
//! Streams of policies and calendars are passed over on purpose: nobody reads them from a read table. Whoever asks which
//! version is in force reads the write-side rows, which are written in the transaction that appends the event.
//!
//! Reading order: `projection` (what there is), `attendance` and `rolls` (what is written), `step` (one batch), `lease`
//! and `cursor` (exactly once), `lane` and `worker` (all the time), `poison`, `held`, `stopped` and `retry` (what
//! cannot be applied), `rebuild` and `swap` (all over again).
//!
//! After an upgrade that raised a version, one lane of one worker rebuilds, and until the swap the older tables are served
//! as workers of the older version keep them; so let one of those run until then. If the rebuild meets an event that cannot
//! be applied, it stops for good: nobody follows the feed with the new version, `held_streams` says where it stopped, and the
//! gauge `muster_projection_rebuild_stopped` is 1. Workers try again when they are restarted, with a program that can apply
//! the event or with the older one, and after [`retry()`].
//!
//! To change a projection: change its `tables.sql` and what is written to it, and raise its `VERSION`; workers rebuild it
//! beside what is served. To add one: a folder with `tables.sql` and `apply`, and a variant of [`Projection`]; the
//! compiler shows the rest.

mod attendance;
mod catch_up;
mod cursor;
mod error;
mod gauges;
mod held;
mod install;
mod lane;
mod lease;
mod poison;
mod positions;
mod projection;
mod rebuild;
mod retry;
mod rolls;
mod status;
mod step;
mod stopped;
mod stream;
mod swap;
mod worker;

pub use attendance::{POLLED_BY, trim};
pub use catch_up::{step_all, step_all_within, step_readable};
pub use error::{Error, Obstacle};
pub use held::HeldStream;
pub use install::install;
pub use projection::{Projection, UnknownProjection};
pub use rebuild::{Rebuilt, rebuild};
pub use retry::{Retried, retry};
pub use status::{ServedVersion, ShardStatus, Status, status};
pub use step::Progress;
pub use worker::{WakeHandle, Worker};
