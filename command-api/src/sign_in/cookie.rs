//! The cookie that holds the refresh token.

use actix_web::HttpRequest;
use actix_web::http::header;
use chrono::TimeDelta;
use platform::auth::refresh::{LIFETIME, RefreshToken};
use platform::server::TrustedProxies;
use secrecy::{ExposeSecret, SecretString};

const NAME: &str = "muster_refresh";

/// The refresh token that the request carries.
pub(super) fn read(request: &HttpRequest) -> Option<SecretString> {
    request
        .headers()
        .get_all(header::COOKIE)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == NAME)
        .map(|(_, token)| token.into())
}

/// The value of `Set-Cookie` that hands a token out. Tokens need no escaping: they are base64url.
pub(super) fn hand_out(
    request: &HttpRequest,
    proxies: &TrustedProxies,
    token: &RefreshToken,
) -> String {
    set(request, proxies, token.token.expose_secret(), LIFETIME)
}

/// The value of `Set-Cookie` that takes the token away.
pub(super) fn take_away(request: &HttpRequest, proxies: &TrustedProxies) -> String {
    set(request, proxies, "", TimeDelta::zero())
}

fn set(
    request: &HttpRequest,
    proxies: &TrustedProxies,
    value: &str,
    lifetime: TimeDelta,
) -> String {
    // On the browser's own machine there is no wire to listen on and often no certificate.
    let is_loopback = proxies
        .origin(request)
        .is_some_and(|origin| origin.is_loopback());
    let secure = if is_loopback { "" } else { "; Secure" };
    format!(
        "{NAME}={value}; Path=/api/v1/auth; Max-Age={}; HttpOnly; SameSite=Strict{secure}",
        lifetime.num_seconds()
    )
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn to(host: &str) -> HttpRequest {
        TestRequest::default()
            .insert_header((header::HOST, host))
            .to_http_request()
    }

    #[test]
    fn only_this_machine_goes_without_secure() {
        let proxies = TrustedProxies::default();
        assert!(!take_away(&to("localhost:8080"), &proxies).contains("Secure"));
        assert!(take_away(&to("192.168.1.5:8080"), &proxies).ends_with("; Secure"));
    }

    #[test]
    fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let (request, proxies) = (to("school.example"), TrustedProxies::default());
        assert_eq!(
            set(&request, &proxies, "t", LIFETIME),
            "muster_refresh=t; Path=/api/v1/auth; Max-Age=5184000; HttpOnly; SameSite=Strict; Secure"
        );
        let taken = take_away(&request, &proxies);
        assert!(taken.starts_with("muster_refresh=; Path=/api/v1/auth; Max-Age=0;"));
    }

    #[test]
    fn our_cookie_is_found_among_others() {
        let request = TestRequest::default()
            .insert_header((header::COOKIE, "a=b; muster_refresh=secret; c=d"))
            .to_http_request();
        assert_eq!(read(&request).unwrap().expose_secret(), "secret");
        assert!(read(&TestRequest::default().to_http_request()).is_none());
    }
}
