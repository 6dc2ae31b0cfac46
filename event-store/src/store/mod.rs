//! Which store this is, and whether it stands in the cluster it was written in.

mod cluster;
mod identity;
mod newest;

pub use cluster::{
    ClusterError, RestoreUnderWay, check_cluster, mark_restore, reseat, restore_under_way,
};
pub use identity::{StoreIdentity, StoreKind, UnknownStoreKind, identity, mark_kind};
pub use newest::newest_recorded_at;
