//! What a register says of a student.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use platform::auth::Role;
use platform::problem::Problem;
use platform::server::Services;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::instant::Instant;
use crate::person::Person;
use crate::texts;

/// The current entry of a student: the last mark that counts, or the last correction.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Mark {
    /// What was seen: present, absent, late, excused, or unmarked after a mark was taken back.
    #[schema(example = "late")]
    status: String,
    minutes_late: Option<i16>,
    /// Null if there are none, or if the student's texts were erased.
    remarks: Option<String>,
    /// When it happened.
    occurred_at: Instant,
    /// When it arrived.
    recorded_at: Instant,
    marked_by: Person,
    /// The command that made it.
    command_id: Uuid,
    /// There if an admin corrected the register here.
    correction: Option<Correction>,
}

/// The record of a correction: from what the entry was changed, why, when and by whom. What it was changed to is the status
/// of the mark.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Correction {
    /// Null if the student's texts were erased.
    reason: Option<String>,
    /// What the register said before; unmarked if nothing.
    #[schema(example = "absent")]
    original_status: String,
    /// Who corrected it.
    by: CorrectedBy,
    /// When.
    at: Instant,
}

/// Who stands for a correction.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CorrectedBy {
    #[serde(flatten)]
    person: Person,
    /// As what they corrected: `admin`, because a correction is taken from nobody else.
    #[schema(value_type = String, example = "admin")]
    role: Role,
}

/// The columns of a mark, texts still sealed.
#[derive(Debug, Deserialize)]
pub(crate) struct MarkRow {
    pub(crate) status: String,
    pub(crate) minutes_late: Option<i16>,
    #[serde(deserialize_with = "sealed_text")]
    pub(crate) remarks: Option<Vec<u8>>,
    pub(crate) occurred_at: DateTime<Utc>,
    pub(crate) recorded_at: DateTime<Utc>,
    pub(crate) marked_by: Uuid,
    pub(crate) marked_by_name: Option<String>,
    pub(crate) command_id: Uuid,
    pub(crate) corrected: bool,
    #[serde(deserialize_with = "sealed_text")]
    pub(crate) correction_reason: Option<Vec<u8>>,
    pub(crate) original_status: Option<String>,
}

/// Reads a sealed text from JSON, where it stands in base64.
fn sealed_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
    Option::<String>::deserialize(deserializer)?
        .map(|text| STANDARD.decode(text).map_err(D::Error::custom))
        .transpose()
}

/// Opens the texts of marks; each stays with what it came with.
///
/// # Errors
/// The keys cannot be read.
pub(crate) async fn open_marks<T>(
    services: &Services,
    connection: &mut PgConnection,
    school_id: Uuid,
    rows: Vec<(T, Option<MarkRow>)>,
) -> Result<Vec<(T, Option<Mark>)>, Problem> {
    let sealed = rows
        .iter()
        .filter_map(|(_, mark)| mark.as_ref())
        .flat_map(|mark| [mark.remarks.as_deref(), mark.correction_reason.as_deref()]);
    let mut opened = texts::open(services, connection, school_id, sealed).await?;
    let mut next_text = || opened.next().flatten();
    Ok(rows
        .into_iter()
        .map(|(owner, row)| {
            (
                owner,
                row.map(|row| Mark::new(row, next_text(), next_text())),
            )
        })
        .collect())
}

impl Mark {
    fn new(row: MarkRow, remarks: Option<String>, reason: Option<String>) -> Self {
        let person = Person {
            id: row.marked_by,
            name: row.marked_by_name,
        };
        let occurred_at: Instant = row.occurred_at.into();
        Self {
            status: row.status,
            minutes_late: row.minutes_late,
            remarks,
            correction: row.corrected.then(|| Correction {
                reason,
                original_status: row.original_status.unwrap_or_else(|| "unmarked".to_owned()),
                by: CorrectedBy {
                    person: person.clone(),
                    role: Role::Admin,
                },
                at: occurred_at,
            }),
            occurred_at,
            recorded_at: row.recorded_at.into(),
            marked_by: person,
            command_id: row.command_id,
        }
    }
}
