//! The entries of one day that say absent or late, with the names that go with them: what the lists of absentees and of
//! late arrivals share.

use chrono::NaiveDate;
use platform::problem::Problem;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::authority::{Scope, visible_query_as};
use crate::csv_export::{Line, text};
use crate::date_range::DateRange;
use crate::page::{Page, PageRequest};
use crate::person::Person;

/// Which day, which class.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters, which are read one by one"
)]
pub(crate) struct DayEntriesParameters {
    /// Today, if it is missing.
    date: Option<NaiveDate>,
    /// Of all classes, if it is missing.
    class_id: Option<Uuid>,
}

/// Which entries are wanted.
pub(super) struct DayEntries {
    pub(super) date: NaiveDate,
    pub(super) class_id: Option<Uuid>,
    /// Raw statuses.
    pub(super) statuses: &'static [&'static str],
    /// Whether only those count that are excused, or only those that are not; all, if none is said.
    pub(super) explained: Option<bool>,
}

struct Row {
    student_id: Uuid,
    name: Option<String>,
    admission_number: Option<String>,
    class_id: Uuid,
    class_title: Option<String>,
    session_id: Uuid,
    subject_id: Option<Uuid>,
    slot: Option<String>,
    status: String,
    effective_status: String,
    minutes_late: Option<i16>,
    exception_id: Option<Uuid>,
    category: Option<String>,
    marked_by: Uuid,
    marked_by_name: Option<String>,
}

/// A student who was absent or late, in one register of the day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayEntryItem {
    student_id: Uuid,
    #[schema(example = "Wanjiku Mwangi")]
    name: Option<String>,
    #[schema(example = "A-0412")]
    admission_number: Option<String>,
    class_id: Uuid,
    #[schema(example = "Form 2 East")]
    class_title: Option<String>,
    session_id: Uuid,
    subject_id: Option<Uuid>,
    #[schema(example = "am")]
    slot: Option<String>,
    /// What the teacher saw.
    #[schema(example = "absent")]
    status: String,
    /// `excused` for an absence that an approved exception covers.
    #[schema(example = "excused")]
    effective_status: String,
    /// Of somebody late, if it is known.
    minutes_late: Option<i16>,
    /// The approved exception that covers the absence.
    exception_id: Option<Uuid>,
    /// That of the exception: medical, family, excused, suspension or other.
    #[schema(example = "medical")]
    category: Option<String>,
    marked_by: Person,
}

/// The columns of [`DayEntryItem::line`].
pub(super) const COLUMNS: [&str; 14] = [
    "class",
    "slot",
    "student",
    "admission_number",
    "status",
    "effective_status",
    "minutes_late",
    "category",
    "marked_by",
    "class_id",
    "student_id",
    "session_id",
    "subject_id",
    "exception_id",
];

impl DayEntries {
    /// The entries, by class and name.
    ///
    /// # Errors
    /// `unknown-class`, `forbidden-class`.
    pub(super) async fn find(
        &self,
        connection: &mut PgConnection,
        scope: Scope,
    ) -> Result<Vec<DayEntryItem>, Problem> {
        if let Some(class_id) = self.class_id {
            let day = DateRange {
                from: self.date,
                to: self.date,
            };
            scope.require_class(connection, class_id, day).await?;
        }
        let rows = self.select(connection, scope).await?;
        Ok(rows.into_iter().map(DayEntryItem::from).collect())
    }

    async fn select(
        &self,
        connection: &mut PgConnection,
        scope: Scope,
    ) -> Result<Vec<Row>, sqlx::Error> {
        visible_query_as!(
            Row,
            r#"
            select r.student_id, s.name as "name?", s.admission_number as "admission_number?", r.class_id,
                   c.title as "class_title?", r.session_id, r.subject_id, r.slot, r.status, r.effective_status,
                   r.minutes_late, r.exception_id, x.category as "category?", r.marked_by, u.name as "marked_by_name?"
            from register_entries r
            left join students s on s.school_id = r.school_id and s.student_id = r.student_id
            left join classes c on c.school_id = r.school_id and c.class_id = r.class_id
            left join exceptions x on x.school_id = r.school_id and x.exception_id = r.exception_id
            left join users u on u.school_id = r.school_id and u.user_id = r.marked_by
            where
            "#,
            r#"
              and r.date = $3 and not r.void and r.status = any($4)
              and ($5::uuid is null or r.class_id = $5)
              and ($6::boolean is null or (r.effective_status = 'excused') = $6)
            order by c.title, s.sort_name, r.student_id, r.session_id
            "#,
            scope.school_id(),
            scope.teacher(),
            self.date,
            self.statuses as _,
            self.class_id,
            self.explained,
        )
        .fetch_all(connection)
        .await
    }
}

/// The order of the pages, by what never changes.
pub(super) type Key = (Uuid, Uuid);

/// A page of entries.
///
/// # Errors
/// The key has no text.
pub(super) fn page(
    items: Vec<DayEntryItem>,
    request: &PageRequest<Key>,
) -> Result<Page<DayEntryItem>, Problem> {
    Page::of_all(items, request, |item| (item.session_id, item.student_id))
}

impl From<Row> for DayEntryItem {
    fn from(row: Row) -> Self {
        Self {
            student_id: row.student_id,
            name: row.name,
            admission_number: row.admission_number,
            class_id: row.class_id,
            class_title: row.class_title,
            session_id: row.session_id,
            subject_id: row.subject_id,
            slot: row.slot,
            status: row.status,
            effective_status: row.effective_status,
            minutes_late: row.minutes_late,
            exception_id: row.exception_id,
            category: row.category,
            marked_by: Person {
                id: row.marked_by,
                name: row.marked_by_name,
            },
        }
    }
}

impl DayEntryItem {
    pub(super) fn line(self) -> Line {
        vec![
            text(self.class_title),
            text(self.slot),
            text(self.name),
            text(self.admission_number),
            self.status,
            self.effective_status,
            text(self.minutes_late),
            text(self.category),
            text(self.marked_by.name),
            self.class_id.to_string(),
            self.student_id.to_string(),
            self.session_id.to_string(),
            text(self.subject_id),
            text(self.exception_id),
        ]
    }
}
