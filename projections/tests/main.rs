//! The projections against PostgreSQL.
//!
//! `MUSTER_TEST_SERVER` names a server on which the tests may make and drop databases, as a superuser:
//! `postgres://postgres@127.0.0.1:5432/postgres`. Every test has a database of its own.

#[cfg(test)]
mod folds;
#[cfg(test)]
mod history;
#[cfg(test)]
mod rolls;
#[cfg(test)]
mod scratch;

#[cfg(test)]
mod changes;
#[cfg(test)]
mod excuses;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod leases;
#[cfg(test)]
mod order;
#[cfg(test)]
mod poison;
#[cfg(test)]
mod rebuilds;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod roster_changes;
#[cfg(test)]
mod walls;
#[cfg(test)]
mod workers;
