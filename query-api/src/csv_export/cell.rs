//! Cells that a spreadsheet does not take for formulas.

use std::borrow::Cow;

/// What a spreadsheet takes for the beginning of a formula. Those set up for East Asian languages read the full-width
/// signs like the plain ones.
const FORMULA_SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The text with a quote in front if a spreadsheet would take it for a formula: a name such as `=HYPERLINK(…)` would
/// otherwise be run by whoever opens the file.
pub(crate) fn safe(text: &str) -> Cow<'_, str> {
    if text.starts_with(FORMULA_SIGNS) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn what_a_spreadsheet_would_run_is_quoted() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "=",
            "=cmd|' /C calc'!A0",
            "＝1+1",
            "＋1",
            "－1",
            "＠SUM(A1)",
        ] {
            assert_eq!(safe(text), format!("'{text}"));
        }
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for text in [
            "",
            "Amina Otieno",
            "O'Brien",
            "'",
            "7",
            "a=b",
            "Zoë, \"Z\"",
            "١٢",
        ] {
            assert_eq!(safe(text), text);
        }
    }
}
