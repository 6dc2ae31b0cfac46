//! The one executable: every role of muster, the embedded PostgreSQL server, the roster import and the demo school.

pub mod embedded_postgres;
