//! Which records are wanted.

use chrono::NaiveDate;
use platform::problem::Problem;
use sqlx::PgConnection;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::authority::Scope;
use crate::date_range::NamedDays;
use crate::parameters::{Parameters, SlotName};

/// What narrows records.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters; RecordFilter is what is read"
)]
pub(crate) struct RecordFilterParameters {
    class_id: Option<Uuid>,
    student_id: Option<Uuid>,
    date: Option<NaiveDate>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    /// What was seen: present, absent, late, excused, unmarked.
    #[param(example = "absent")]
    status: Option<String>,
    /// What reports use.
    #[param(example = "excused")]
    effective_status: Option<String>,
    marked_by: Option<Uuid>,
    subject_id: Option<Uuid>,
    #[param(example = "am")]
    slot: Option<String>,
}

/// Which records are wanted.
#[derive(Debug, Clone)]
pub(super) struct RecordFilter {
    pub(super) class_id: Option<Uuid>,
    pub(super) student_id: Option<Uuid>,
    pub(super) days: NamedDays,
    pub(super) status: Option<&'static str>,
    pub(super) effective_status: Option<&'static str>,
    pub(super) marked_by: Option<Uuid>,
    pub(super) subject_id: Option<Uuid>,
    pub(super) slot: Option<SlotName>,
}

const STATUSES: [&str; 5] = ["present", "absent", "late", "excused", "unmarked"];

impl RecordFilter {
    /// Takes the parameters that narrow records.
    pub(super) fn take(parameters: &mut Parameters) -> Self {
        Self {
            class_id: parameters.optional("class_id"),
            student_id: parameters.optional("student_id"),
            days: NamedDays::take(parameters),
            status: parameters.one_of("status", &STATUSES),
            effective_status: parameters.one_of("effective_status", &STATUSES),
            marked_by: parameters.optional("marked_by"),
            subject_id: parameters.optional("subject_id"),
            slot: parameters.optional("slot"),
        }
    }

    /// Requires that the class and the student that are named exist, and that the caller may see the class.
    ///
    /// # Errors
    /// `unknown-class`, `forbidden-class`, `unknown-student`.
    pub(super) async fn require_visible(
        &self,
        connection: &mut PgConnection,
        scope: Scope,
    ) -> Result<(), Problem> {
        if let Some(class_id) = self.class_id {
            scope
                .require_class(connection, class_id, self.days.or_all_time())
                .await?;
        }
        if let Some(student_id) = self.student_id {
            scope.require_student(connection, student_id).await?;
        }
        Ok(())
    }
}
