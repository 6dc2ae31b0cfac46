//! Only our own pages may use the cookie.

use actix_web::HttpRequest;
use actix_web::http::{Uri, header};
use platform::problem::{Problem, Slug};

const CLIENT: &str = "muster-client";

/// Refuses what another site's page could have sent.
///
/// The header `Muster-Client: 1` cannot be sent from another origin without being asked for first, which is never
/// granted. A browser also says where a POST comes from; whoever says nothing is no browser and has no cookie of its
/// user's.
///
/// # Errors
/// `forbidden`.
pub(super) fn require(request: &HttpRequest) -> Result<(), Problem> {
    let headers = request.headers();
    if headers.get(CLIENT).map(|value| value.as_bytes()) != Some(b"1") {
        return Err(Problem::new(Slug::Forbidden).detail("Send the header Muster-Client: 1."));
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let origin: Option<Uri> = origin.to_str().ok().and_then(|origin| origin.parse().ok());
    let authority = origin.as_ref().and_then(Uri::authority);
    if authority.is_some_and(|authority| authority.as_str() == request.connection_info().host()) {
        Ok(())
    } else {
        Err(Problem::new(Slug::Forbidden).detail("The request comes from another site."))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn allowed(client: &str, origin: Option<&str>) -> bool {
        let mut request = TestRequest::default()
            .insert_header((header::HOST, "school.example:8443"))
            .insert_header((CLIENT, client));
        if let Some(origin) = origin {
            request = request.insert_header((header::ORIGIN, origin));
        }
        require(&request.to_http_request()).is_ok()
    }

    #[test]
    fn our_own_pages_and_programs_are_let_in() {
        assert!(allowed("1", Some("https://school.example:8443")));
        assert!(allowed("1", None));
    }

    #[test]
    fn pages_of_other_sites_are_not() {
        for origin in ["https://evil.example", "https://school.example", "null", ""] {
            assert!(!allowed("1", Some(origin)), "{origin}");
        }
        assert!(!allowed("", Some("https://school.example:8443")));
        assert!(!allowed("2", None));
    }
}
