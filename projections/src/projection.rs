//! The projections there are.

use std::str::FromStr;

use domain::SchoolId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::attendance::changes;
use crate::error::Error;
use crate::stream::LoadedStream;
use crate::{attendance, rolls};

/// Read tables and the function that fills them from events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Projection {
    /// Registers, their entries and conflicts, the exceptions that excuse, and what was signed off.
    Attendance,
    /// Who belongs to a class and who teaches it, when.
    Rolls,
}

/// No projection has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no projection {0:?}; there are `attendance` and `rolls`")]
pub struct UnknownProjection(pub String);

impl Projection {
    /// Every projection.
    pub const ALL: [Self; 2] = [Self::Attendance, Self::Rolls];

    /// The name under which its cursors, leases and held streams are kept.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Attendance => "attendance",
            Self::Rolls => "rolls",
        }
    }

    /// The name under which the lease on a rebuild is kept, and the event a worker's rebuild stopped at.
    pub(crate) const fn building_name(self) -> &'static str {
        match self {
            Self::Attendance => "attendance_next",
            Self::Rolls => "rolls_next",
        }
    }

    /// The version of its tables and of what is written to them. Raising it makes workers rebuild.
    pub const fn version(self) -> i32 {
        match self {
            Self::Attendance => attendance::VERSION,
            Self::Rolls => rolls::VERSION,
        }
    }

    pub(crate) const fn tables(self) -> &'static [&'static str] {
        match self {
            Self::Attendance => attendance::TABLES,
            Self::Rolls => rolls::TABLES,
        }
    }

    pub(crate) const fn tables_sql(self) -> &'static str {
        match self {
            Self::Attendance => include_str!("attendance/tables.sql"),
            Self::Rolls => include_str!("rolls/tables.sql"),
        }
    }

    /// Whether events of this aggregate type change its tables.
    pub(crate) fn concerns(self, aggregate_type: &str) -> bool {
        match self {
            Self::Attendance => attendance::AGGREGATE_TYPES.contains(&aggregate_type),
            Self::Rolls => rolls::AGGREGATE_TYPES.contains(&aggregate_type),
        }
    }

    /// Makes the tables say what the streams of one school say. Applying the same streams again changes nothing.
    pub(crate) async fn apply(
        self,
        connection: &mut PgConnection,
        school_id: SchoolId,
        streams: &[LoadedStream],
    ) -> Result<(), Error> {
        match self {
            Self::Attendance => attendance::apply(connection, school_id, streams).await,
            Self::Rolls => rolls::apply(connection, school_id, streams).await,
        }
    }

    /// What readers that follow the changes will have to be shown after a rebuild, found while both tables are written to.
    pub(crate) async fn differing(
        self,
        connection: &mut PgConnection,
    ) -> Result<Vec<(Uuid, Uuid)>, Error> {
        match self {
            Self::Attendance => changes::differing(connection).await,
            // Nobody follows their changes.
            Self::Rolls => Ok(Vec::new()),
        }
    }

    /// Shows it to them, as the last thing before the swap.
    pub(crate) async fn show_mended(
        self,
        connection: &mut PgConnection,
        differing: &[(Uuid, Uuid)],
    ) -> Result<(), Error> {
        match self {
            Self::Attendance => changes::raise(connection, differing).await,
            Self::Rolls => Ok(()),
        }
    }
}

impl FromStr for Projection {
    type Err = UnknownProjection;

    fn from_str(name: &str) -> Result<Self, UnknownProjection> {
        Self::ALL
            .into_iter()
            .find(|projection| projection.name() == name)
            .ok_or_else(|| UnknownProjection(name.to_owned()))
    }
}
