//! How often a password may be tried.
//!
//! By account and address together, so that nobody can lock a teacher out from elsewhere; and by address alone, more
//! generously, because a whole school may share one.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use actix_web::HttpRequest;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use moka::future::Cache;
use moka::policy::EvictionPolicy;
use platform::problem::{Problem, Slug};
use platform::server::Services;
use uuid::Uuid;

/// Twenty tries at once for an account from an address, then twenty a minute.
const OF_ACCOUNT: NonZeroU32 = NonZeroU32::new(20).unwrap();

/// A hundred and twenty tries at once from an address, then as many a minute.
const OF_ADDRESS: NonZeroU32 = NonZeroU32::new(120).unwrap();

/// After how long without a try all of them are there again, and a counter need not be remembered.
const RECOVERED_AFTER: Duration = Duration::from_secs(60);

/// How many counters of each kind are remembered: some ten mebibytes. Of more, those not used for longest are forgotten.
const REMEMBERED: u64 = 50_000;

/// The store, so that several in one process do not share limits; the account as typed, hashed with secret seeds so that
/// it takes the same room however long it is; the address.
type Account = (Uuid, u64, Option<IpAddr>);
type Address = (Uuid, Option<IpAddr>);

static SEEDS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
static ACCOUNTS: LazyLock<Tries<Account>> = LazyLock::new(|| Tries::new(OF_ACCOUNT, REMEMBERED));
static ADDRESSES: LazyLock<Tries<Address>> = LazyLock::new(|| Tries::new(OF_ADDRESS, REMEMBERED));

/// Counts a try.
///
/// # Errors
/// `rate-limited`, with the seconds to wait.
pub(super) async fn check(
    services: &Services,
    account: &str,
    request: &HttpRequest,
) -> Result<(), Problem> {
    let store_id = services.store.current().store_id;
    let address = services.proxies.client_address(request).map(subscriber);
    count(store_id, account, address).await
}

async fn count(store_id: Uuid, account: &str, address: Option<IpAddr>) -> Result<(), Problem> {
    let account = SEEDS.hash_one(account.to_lowercase());
    ADDRESSES.count((store_id, address)).await?;
    ACCOUNTS.count((store_id, account, address)).await
}

/// The address, as far as it tells one subscriber from another: each has 2⁶⁴ addresses of IPv6 to choose from.
fn subscriber(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() & (u128::from(u64::MAX) << 64)).into()
        }
    }
}

/// A counter for each key of late.
struct Tries<Key> {
    quota: Quota,
    counters: Cache<Key, Arc<DefaultDirectRateLimiter>>,
}

impl<Key: Copy + Eq + Hash + Send + Sync + 'static> Tries<Key> {
    fn new(per_minute: NonZeroU32, remembered: u64) -> Self {
        Self {
            quota: Quota::per_minute(per_minute),
            counters: Cache::builder()
                .max_capacity(remembered)
                .time_to_idle(RECOVERED_AFTER)
                // A counter in use must not give way to newer ones because it is used less than they are.
                .eviction_policy(EvictionPolicy::lru())
                .build(),
        }
    }

    async fn count(&self, key: Key) -> Result<(), Problem> {
        let new_counter = async { Arc::new(RateLimiter::direct(self.quota)) };
        let counter = self.counters.get_with(key, new_counter).await;
        counter.check().map_err(|wait| {
            let wait = wait.wait_time_from(DefaultClock::default().now());
            let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
            Problem::new(Slug::RateLimited).retry_after(seconds.saturating_add(1))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Option<IpAddr> {
        Some(subscriber(text.parse().unwrap()))
    }

    #[actix_web::test]
    async fn the_twenty_first_try_in_a_row_has_to_wait() {
        let store_id = platform::ids::new_id();
        let here = address("203.0.113.9");
        for _ in 0..20 {
            count(store_id, "DEMO/teacher", here).await.unwrap();
        }
        let refused = count(store_id, "demo/Teacher", here).await.unwrap_err();
        assert_eq!(refused.slug(), Slug::RateLimited);
        assert!(count(store_id, "DEMO/other", here).await.is_ok());
        let elsewhere = address("203.0.113.10");
        assert!(count(store_id, "DEMO/teacher", elsewhere).await.is_ok());
    }

    #[actix_web::test]
    async fn an_address_that_tries_many_accounts_has_to_wait_too() {
        let store_id = platform::ids::new_id();
        let here = address("203.0.113.9");
        for number in 0..120 {
            let account = format!("DEMO/{number}");
            count(store_id, &account, here).await.unwrap();
        }
        assert!(count(store_id, "DEMO/120", here).await.is_err());
    }

    #[actix_web::test]
    async fn a_subscriber_has_one_address_of_ipv6() {
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff:1:2"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
    }

    #[actix_web::test]
    async fn no_more_counters_are_remembered_than_there_is_room_for() {
        let tries = Tries::new(OF_ACCOUNT, 100);
        for number in 0..5_000_u32 {
            tries.count(number).await.unwrap();
        }
        tries.counters.run_pending_tasks().await;
        assert!(tries.counters.entry_count() <= 100);
        for _ in 1..20 {
            tries.count(4_999).await.unwrap();
        }
        assert!(tries.count(4_999).await.is_err(), "the newest is kept");
    }
}
