//! Tests of the event store against PostgreSQL.
