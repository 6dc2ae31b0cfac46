//! Which form of an answer a client asks for.

use actix_web::http::header::{ACCEPT, HeaderMap};

/// Whether the client names this media type. A wildcard does not: it gets what everybody gets.
pub(crate) fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    headers
        .get_all(ACCEPT)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|range| range.split(';').next().unwrap_or_default().trim())
        .any(|range| range.eq_ignore_ascii_case(media_type))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn a_form_is_asked_for_by_its_name() {
        let accepts_csv = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            accepts(&headers, "text/csv")
        };
        assert!(accepts_csv("text/csv"));
        assert!(accepts_csv(
            "application/json;q=0.5, Text/CSV; header=present"
        ));
        assert!(!accepts_csv("application/json"));
        assert!(!accepts_csv("*/*"));
        assert!(!accepts(&HeaderMap::new(), "text/csv"));
    }
}
