//! Events become read tables.
