//! The cookie that holds the refresh token.

use actix_web::HttpRequest;
use actix_web::http::header;
use chrono::TimeDelta;
use platform::auth::refresh::{LIFETIME, RefreshToken};
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
pub(super) fn hand_out(request: &HttpRequest, token: &RefreshToken) -> String {
    set(request, token.token.expose_secret(), LIFETIME)
}

/// The value of `Set-Cookie` that takes the token away.
pub(super) fn take_away(request: &HttpRequest) -> String {
    set(request, "", TimeDelta::zero())
}

fn set(request: &HttpRequest, value: &str, lifetime: TimeDelta) -> String {
    let secure = if is_loopback(request.connection_info().host()) {
        ""
    } else {
        "; Secure"
    };
    format!(
        "{NAME}={value}; Path=/api/v1/auth; Max-Age={}; HttpOnly; SameSite=Strict{secure}",
        lifetime.num_seconds()
    )
}

/// Whether the address the browser was pointed at is this machine, where there is no wire to listen on and often no
/// certificate.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name.ends_with(".localhost")
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_this_machine_goes_without_secure() {
        for host in [
            "localhost",
            "localhost:8080",
            "127.0.0.1:8080",
            "[::1]:8080",
            "app.localhost",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "school.example",
            "192.168.1.5:8080",
            "localhost.example",
            "[2001:db8::1]:80",
            "",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let request = TestRequest::default()
            .insert_header((header::HOST, "school.example"))
            .to_http_request();
        assert_eq!(
            set(&request, "t", LIFETIME),
            "muster_refresh=t; Path=/api/v1/auth; Max-Age=5184000; HttpOnly; SameSite=Strict; Secure"
        );
        assert!(take_away(&request).starts_with("muster_refresh=; Path=/api/v1/auth; Max-Age=0;"));
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
