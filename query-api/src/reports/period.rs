//! Which days a report is about: a term, or a range of days.

use chrono::NaiveDate;
use platform::problem::{Problem, Slug};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::calendar;
use crate::date_range::{DateRange, NamedDays};
use crate::parameters::Parameters;

/// The days that a query named.
#[derive(Debug, Clone, Copy)]
pub(super) struct AskedPeriod {
    term_id: Option<Uuid>,
    days: NamedDays,
}

impl AskedPeriod {
    /// Takes `from` and `to`.
    pub(super) fn take_range(parameters: &mut Parameters) -> Self {
        Self {
            term_id: None,
            days: NamedDays::take_range(parameters),
        }
    }

    /// Takes `term_id`.
    pub(super) fn take_term(parameters: &mut Parameters) -> Self {
        Self {
            term_id: parameters.optional("term_id"),
            days: NamedDays {
                from: None,
                to: None,
            },
        }
    }

    /// Takes `term_id`, or else `from` and `to`.
    pub(super) fn take_term_or_range(parameters: &mut Parameters) -> Self {
        let asked = Self {
            days: NamedDays::take_range(parameters),
            ..Self::take_term(parameters)
        };
        let names_days = asked.days.from.is_some() || asked.days.to.is_some();
        if asked.term_id.is_some() && names_days {
            parameters.fault("term_id", "goes without from and to");
        }
        asked
    }

    /// The days: those of the current term where nobody said otherwise.
    ///
    /// # Errors
    /// `not-found` if the school has no such term.
    pub(super) async fn resolve(
        self,
        connection: &mut PgConnection,
        school_id: Uuid,
        today: NaiveDate,
    ) -> Result<DateRange, Problem> {
        let Some(term_id) = self.term_id else {
            let term = calendar::term_at(connection, school_id, today).await?;
            return Ok(self.days.or(term));
        };
        let term = sqlx::query_as!(
            DateRange,
            r#"select starts_on as "from", ends_on as "to" from terms where school_id = $1 and term_id = $2"#,
            school_id,
            term_id,
        )
        .fetch_optional(connection)
        .await?;
        term.ok_or_else(|| Problem::new(Slug::NotFound).detail("The school has no such term."))
    }
}
