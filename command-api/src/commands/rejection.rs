//! Why a command is not accepted, on its way to the client and into the record of refusals.

use domain::Refusal;
use platform::json::FieldError;
use platform::problem::{Problem, Slug};

/// A command that is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejection {
    /// The kind of problem.
    pub(crate) slug: Slug,
    /// What is wrong this time, as a sentence for people.
    pub(crate) detail: String,
    /// The field that does not fit, within the command.
    field: Option<FieldError>,
}

impl Rejection {
    /// A rejection of the whole command.
    pub(crate) fn new(slug: Slug, detail: impl Into<String>) -> Self {
        Self {
            slug,
            detail: detail.into(),
            field: None,
        }
    }

    /// A rejection because of one field, or because of the whole if the error names none.
    pub(crate) fn of_field(slug: Slug, field: FieldError) -> Self {
        if field.pointer.is_empty() {
            return Self::new(slug, field.detail);
        }
        Self {
            slug,
            detail: format!(
                "{}: {}",
                field.pointer.trim_start_matches('/'),
                field.detail
            ),
            field: Some(field),
        }
    }

    /// What the client is told of the command that stands at this place of its request: a JSON pointer, empty if the
    /// request is the command.
    pub(crate) fn problem(&self, place: &str) -> Problem {
        let problem = Problem::new(self.slug).detail(&self.detail);
        match &self.field {
            None => problem,
            Some(field) => problem.field(format!("{place}{}", field.pointer), &field.detail),
        }
    }
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        let slug = match refusal {
            Refusal::Forbidden => Slug::Forbidden,
            Refusal::ForbiddenClass => Slug::ForbiddenClass,
            Refusal::FutureDate => Slug::FutureDate,
            Refusal::InvalidField { pointer, detail } => {
                return Self::of_field(Slug::InvalidField, FieldError { pointer, detail });
            }
            Refusal::NotEnrolled => Slug::NotEnrolled,
            Refusal::OutsideTerm => Slug::OutsideTerm,
            Refusal::OutsideWindow { .. } => Slug::OutsideWindow,
            Refusal::ReasonRequired => Slug::ReasonRequired,
            Refusal::UnknownClass => Slug::UnknownClass,
            Refusal::UnknownStudent => Slug::UnknownStudent,
        };
        Self::new(slug, detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_its_slug() {
        for refusal in [
            Refusal::Forbidden,
            Refusal::ForbiddenClass,
            Refusal::FutureDate,
            Refusal::InvalidField {
                pointer: "/slot".to_owned(),
                detail: "no slot".to_owned(),
            },
            Refusal::NotEnrolled,
            Refusal::OutsideTerm,
            Refusal::OutsideWindow { edit_days: 14 },
            Refusal::ReasonRequired,
            Refusal::UnknownClass,
            Refusal::UnknownStudent,
        ] {
            let slug = refusal.slug();
            assert_eq!(Rejection::from(refusal).slug.as_str(), slug);
        }
    }

    #[test]
    fn a_field_is_named_by_its_place_in_the_whole_request() {
        let rejection = Rejection::of_field(
            Slug::InvalidField,
            FieldError {
                pointer: "/session/date".to_owned(),
                detail: "no date".to_owned(),
            },
        );
        let problem = serde_json::to_value(rejection.problem("/commands/3")).unwrap();
        assert_eq!(problem["errors"][0]["pointer"], "/commands/3/session/date");
        assert_eq!(problem["detail"], "session/date: no date");
    }
}
