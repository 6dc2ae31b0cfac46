//! Text from elsewhere on its way to a terminal.

/// Text on one line and without characters that a terminal would obey, so that a message stays one.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.split(|character: char| character.is_control())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
