//! Only our own pages may use the cookie.

use actix_web::HttpRequest;
use actix_web::http::header;
use platform::problem::{Problem, Slug};
use platform::server::{Origin, TrustedProxies};

const CLIENT: &str = "muster-client";

/// What a browser says of where the page is that sends a request. It says so only to servers it reaches safely.
const FETCH_SITE: &str = "sec-fetch-site";

/// Refuses what another site's page could have sent.
///
/// The header `Muster-Client: 1` cannot be sent from another origin without being asked for first, which is never
/// granted. And the request has to say that it comes from our own pages, in a header that no page can choose.
///
/// # Errors
/// `forbidden`.
pub(super) fn require(request: &HttpRequest, proxies: &TrustedProxies) -> Result<(), Problem> {
    if text(request, CLIENT) != Some("1") {
        return Err(Problem::new(Slug::Forbidden).detail("Send the header Muster-Client: 1."));
    }
    let is_ours = if request.headers().contains_key(header::ORIGIN) {
        let origin = text(request, header::ORIGIN.as_str()).and_then(Origin::parse);
        origin.is_some() && origin == proxies.origin(request)
    } else {
        text(request, FETCH_SITE) == Some("same-origin")
    };
    if is_ours {
        Ok(())
    } else {
        Err(Problem::new(Slug::Forbidden)
            .detail("The request does not come from Muster's own pages."))
    }
}

fn text<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const OURS: (&str, &str) = ("origin", "https://school.example:8443");
    const CLIENT_IS_OURS: (&str, &str) = (CLIENT, "1");

    /// Whether a request to `https://school.example:8443` through the proxy on this machine is let in.
    fn allowed(headers: &[(&'static str, &str)]) -> bool {
        allowed_from("127.0.0.1:1", headers)
    }

    fn allowed_from(peer: &str, headers: &[(&'static str, &str)]) -> bool {
        let mut request = TestRequest::default()
            .peer_addr(peer.parse().unwrap())
            .insert_header((header::HOST, "school.example:8443"))
            .insert_header((header::X_FORWARDED_PROTO, "https"));
        for header in headers {
            request = request.insert_header(*header);
        }
        require(&request.to_http_request(), &TrustedProxies::default()).is_ok()
    }

    #[test]
    fn our_own_pages_are_let_in() {
        assert!(allowed(&[CLIENT_IS_OURS, OURS]));
        assert!(allowed(&[CLIENT_IS_OURS, (FETCH_SITE, "same-origin")]));
    }

    #[test]
    fn pages_of_other_sites_are_not() {
        for origin in [
            "https://evil.example",
            "https://school.example",
            "http://school.example:8443",
            "null",
            "",
        ] {
            let other = ("origin", origin);
            assert!(!allowed(&[CLIENT_IS_OURS, other]), "{origin}");
            let contradiction = (FETCH_SITE, "same-origin");
            assert!(
                !allowed(&[CLIENT_IS_OURS, other, contradiction]),
                "{origin}"
            );
        }
        for site in ["same-site", "cross-site", "none", ""] {
            assert!(!allowed(&[CLIENT_IS_OURS, (FETCH_SITE, site)]), "{site}");
        }
        assert!(!allowed(&[(CLIENT, ""), OURS]));
        assert!(!allowed(&[OURS]));
    }

    #[test]
    fn who_does_not_say_where_the_page_is_is_not_let_in() {
        assert!(!allowed(&[CLIENT_IS_OURS]));
    }

    #[test]
    fn the_scheme_is_believed_of_trusted_proxies_only() {
        assert!(!allowed_from("10.0.0.5:1", &[CLIENT_IS_OURS, OURS]));
        let plain = ("origin", "http://school.example:8443");
        assert!(allowed_from("10.0.0.5:1", &[CLIENT_IS_OURS, plain]));
    }
}
