//! How often a password may be tried.
//!
//! By account and address together, so that nobody can lock a teacher out from elsewhere; and by address alone, more
//! generously, because a whole school may share one.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::LazyLock;

use actix_web::HttpRequest;
use actix_web::http::header;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use platform::problem::{Problem, Slug};
use uuid::Uuid;

/// Twenty tries at once for an account from an address, then twenty a minute.
const OF_ACCOUNT: NonZeroU32 = NonZeroU32::new(20).unwrap();

/// A hundred and twenty tries at once from an address, then as many a minute.
const OF_ADDRESS: NonZeroU32 = NonZeroU32::new(120).unwrap();

/// After how many checks limits that have recovered are forgotten.
const FORGET_ABOVE: usize = 10_000;

/// The store, so that several in one process do not share limits; the account as typed; the address.
type Account = (Uuid, String, Option<IpAddr>);
type Address = (Uuid, Option<IpAddr>);

static ACCOUNTS: LazyLock<DefaultKeyedRateLimiter<Account>> =
    LazyLock::new(|| RateLimiter::keyed(Quota::per_minute(OF_ACCOUNT)));
static ADDRESSES: LazyLock<DefaultKeyedRateLimiter<Address>> =
    LazyLock::new(|| RateLimiter::keyed(Quota::per_minute(OF_ADDRESS)));

/// Counts a try.
///
/// # Errors
/// `rate-limited`, with the seconds to wait.
pub(super) fn check(store_id: Uuid, account: &str, request: &HttpRequest) -> Result<(), Problem> {
    let address = address(request);
    count(&ADDRESSES, (store_id, address))?;
    count(&ACCOUNTS, (store_id, account.to_lowercase(), address))
}

fn count<Key: Clone + Eq + std::hash::Hash>(
    limiter: &DefaultKeyedRateLimiter<Key>,
    key: Key,
) -> Result<(), Problem> {
    if limiter.len() > FORGET_ABOVE {
        limiter.retain_recent();
    }
    limiter.check_key(&key).map_err(|wait| {
        let wait = wait.wait_time_from(DefaultClock::default().now());
        let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
        Problem::new(Slug::RateLimited).retry_after(seconds.saturating_add(1))
    })
}

/// Where the request comes from. A proxy on this machine or in the same private network says for whom it asks, last in
/// its header; what comes from outside is believed to be who it is.
fn address(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    let forwarded_for = || {
        let value = request
            .headers()
            .get(header::X_FORWARDED_FOR)?
            .to_str()
            .ok()?;
        value.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    if is_near(peer) {
        Some(forwarded_for().unwrap_or(peer))
    } else {
        Some(peer)
    }
}

fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn from(peer: &str, forwarded_for: Option<&str>) -> HttpRequest {
        let mut request = TestRequest::default().peer_addr(format!("{peer}:1").parse().unwrap());
        if let Some(forwarded_for) = forwarded_for {
            request = request.insert_header((header::X_FORWARDED_FOR, forwarded_for));
        }
        request.to_http_request()
    }

    #[test]
    fn the_twenty_first_try_in_a_row_has_to_wait() {
        let store_id = platform::ids::new_id();
        let request = from("203.0.113.9", None);
        for _ in 0..20 {
            check(store_id, "DEMO/teacher", &request).unwrap();
        }
        let refused = check(store_id, "demo/Teacher", &request).unwrap_err();
        assert_eq!(refused.slug(), Slug::RateLimited);
        assert!(check(store_id, "DEMO/other", &request).is_ok());
        assert!(check(store_id, "DEMO/teacher", &from("203.0.113.10", None)).is_ok());
    }

    #[test]
    fn an_address_that_tries_many_accounts_has_to_wait_too() {
        let store_id = platform::ids::new_id();
        let request = from("203.0.113.9", None);
        for number in 0..120 {
            check(store_id, &format!("DEMO/{number}"), &request).unwrap();
        }
        assert!(check(store_id, "DEMO/120", &request).is_err());
    }

    #[test]
    fn only_a_proxy_nearby_is_believed() {
        let client: IpAddr = "198.51.100.7".parse().unwrap();
        let proxy = from("127.0.0.1", Some("10.0.0.1, 198.51.100.7"));
        assert_eq!(address(&proxy), Some(client));
        let stranger = from("203.0.113.9", Some("198.51.100.7"));
        assert_eq!(address(&stranger), Some("203.0.113.9".parse().unwrap()));
    }
}
