//! What is wrong with a file of unsent work, said so that it can be found in it.

use std::fmt;

use platform::json::FieldError;

/// How many findings are shown; the number of the rest is told.
const MOST_SHOWN: usize = 100;

/// Everything that is wrong with a file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Findings(Vec<FieldError>);

impl Findings {
    /// Something that is wrong with the file as a whole.
    pub(super) fn whole(detail: impl Into<String>) -> Self {
        Self::from(FieldError {
            pointer: String::new(),
            detail: detail.into(),
        })
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn push(&mut self, finding: FieldError) {
        self.0.push(finding);
    }

    /// Takes what is found in the member of this name, or at this place of a list.
    pub(super) fn within<T>(
        &mut self,
        name: impl fmt::Display,
        look: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let mut inside = Self::default();
        let found = look(&mut inside);
        let inside = inside.0.into_iter();
        self.0.extend(inside.map(|finding| finding.within(&name)));
        found
    }
}

impl From<FieldError> for Findings {
    fn from(finding: FieldError) -> Self {
        Self(vec![finding])
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for FieldError { pointer, detail } in self.0.iter().take(MOST_SHOWN) {
            if pointer.is_empty() {
                writeln!(formatter, "{detail}")?;
            } else {
                writeln!(formatter, "{pointer}: {detail}")?;
            }
        }
        match self.0.len().saturating_sub(MOST_SHOWN) {
            0 => Ok(()),
            rest => writeln!(formatter, "… and {rest} more"),
        }
    }
}
