use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use secrecy::ExposeSecret;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::*;
use crate::auth::Role;
use crate::scratch::{Scratch, clock, time};

/// Somebody who has just signed in.
struct Device {
    scratch: Scratch,
    clock: Clock,
    school_id: Uuid,
    user_id: Uuid,
    first: SecretString,
}

impl Device {
    async fn new(options: &PgConnectOptions) -> Self {
        let scratch = Scratch::new(options).await;
        let school_id = scratch.add_school().await;
        let user_id = scratch.add_user(school_id, Role::Teacher).await;
        let clock = clock();
        let first = start_in_transaction(&scratch.app, &clock, school_id, user_id)
            .await
            .unwrap();
        assert_eq!(first.expires_at, time("2027-01-23T08:00:00Z"));
        Self {
            scratch,
            clock,
            school_id,
            user_id,
            first: first.token,
        }
    }

    async fn present(&self, token: &SecretString) -> Result<Renewed, RefreshError> {
        rotate(&self.scratch.app, &self.clock, token).await
    }

    /// Presents a token that is accepted.
    async fn refresh(&self, token: &SecretString) -> SecretString {
        self.present(token).await.unwrap().token.token
    }

    async fn is_revoked(&self, token: &SecretString) -> bool {
        matches!(self.present(token).await, Err(RefreshError::Revoked))
    }
}

/// Starts a family as signing in does.
async fn start_in_transaction(
    db: &Database,
    clock: &Clock,
    school_id: Uuid,
    user_id: Uuid,
) -> Result<RefreshToken, sqlx::Error> {
    let mut transaction = db.school(school_id).await?;
    let token = start_family(&mut transaction, clock, school_id, user_id).await?;
    transaction.commit().await?;
    Ok(token)
}

#[sqlx::test(migrations = "../migrations")]
async fn each_refresh_hands_out_a_successor(_: PgPoolOptions, options: PgConnectOptions) {
    let device = Device::new(&options).await;
    let renewed = device.present(&device.first).await.unwrap();
    assert_eq!(renewed.user.user_id, device.user_id);
    assert_eq!(renewed.user.school_id, device.school_id);
    assert_eq!(renewed.user.role, Role::Teacher);
    let third = device.refresh(&renewed.token.token).await;
    device.refresh(&third).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_whose_answer_was_lost_can_be_presented_again(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let device = Device::new(&options).await;
    device.refresh(&device.first).await;
    device.refresh(&device.first).await;
    let arrived = device.refresh(&device.first).await;
    device.refresh(&arrived).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_whose_successor_was_used_revokes_the_family(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let device = Device::new(&options).await;
    let second = device.refresh(&device.first).await;
    let third = device.refresh(&second).await;
    assert!(device.is_revoked(&device.first).await);
    assert!(device.is_revoked(&third).await);
    assert!(device.is_revoked(&second).await);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_much_older_token_revokes_the_family_too(_: PgPoolOptions, options: PgConnectOptions) {
    let device = Device::new(&options).await;
    let mut latest = device.first.clone();
    for _ in 0..5 {
        latest = device.refresh(&latest).await;
    }
    assert!(device.is_revoked(&device.first).await);
    assert!(device.is_revoked(&latest).await);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_voided_successor_betrays_a_copy_and_revokes_the_family(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let device = Device::new(&options).await;
    let stolen = device.refresh(&device.first).await;
    let own = device.refresh(&device.first).await;
    assert!(device.is_revoked(&stolen).await);
    assert!(device.is_revoked(&own).await);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_revoked_family_leaves_the_persons_other_devices_signed_in(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let device = Device::new(&options).await;
    let other = start_in_transaction(
        &device.scratch.app,
        &device.clock,
        device.school_id,
        device.user_id,
    )
    .await
    .unwrap();
    revoke(&device.scratch.app, &device.clock, &device.first)
        .await
        .unwrap();
    assert!(device.is_revoked(&device.first).await);
    device.refresh(&other.token).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn signing_out_with_an_unknown_token_changes_nothing(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let device = Device::new(&options).await;
    let unknown = SecretString::from("unknown");
    revoke(&device.scratch.app, &device.clock, &unknown)
        .await
        .unwrap();
    assert!(matches!(
        device.present(&unknown).await,
        Err(RefreshError::Unknown)
    ));
    device.refresh(&device.first).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn sixty_days_count_from_the_last_refresh(_: PgPoolOptions, options: PgConnectOptions) {
    let device = Device::new(&options).await;
    device.clock.set(time("2027-01-23T07:59:59Z"));
    let second = device.refresh(&device.first).await;
    device.clock.set(time("2027-03-24T07:59:58Z"));
    let third = device.refresh(&second).await;
    device.clock.set(time("2027-05-23T07:59:58Z"));
    assert!(matches!(
        device.present(&third).await,
        Err(RefreshError::Unknown)
    ));
}

#[sqlx::test(migrations = "../migrations")]
async fn tokens_are_not_in_the_database(_: PgPoolOptions, options: PgConnectOptions) {
    let device = Device::new(&options).await;
    let stored = sqlx::query_scalar!("select token_hash from refresh_tokens")
        .fetch_all(device.scratch.owner.pool())
        .await
        .unwrap();
    assert_eq!(stored, [hash(&device.first)]);
    let token = device.first.expose_secret();
    assert_ne!(stored[0], token.as_bytes());
    assert_ne!(stored[0], BASE64.decode(token).unwrap());
}

#[sqlx::test(migrations = "../migrations")]
async fn tokens_that_are_over_are_forgotten(_: PgPoolOptions, options: PgConnectOptions) {
    let device = Device::new(&options).await;
    device.clock.set(time("2026-12-24T08:00:00Z"));
    let second = device.refresh(&device.first).await;
    device.clock.set(time("2027-01-24T08:00:00Z"));
    device.refresh(&second).await;
    let kept = sqlx::query_scalar!(r#"select count(*) as "count!" from refresh_tokens"#)
        .fetch_one(device.scratch.owner.pool())
        .await
        .unwrap();
    assert_eq!(kept, 2, "the first one is over");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_closed_account_is_not_refreshed_even_after_it_opens_again(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let device = Device::new(&options).await;
    device
        .scratch
        .disable_user(device.school_id, device.user_id)
        .await;
    assert!(matches!(
        device.present(&device.first).await,
        Err(RefreshError::AccountClosed)
    ));
    sqlx::query!("update users set disabled = false")
        .execute(device.scratch.owner.pool())
        .await
        .unwrap();
    assert!(device.is_revoked(&device.first).await);
}

#[sqlx::test(migrations = "../migrations")]
async fn all_devices_of_one_person_can_be_signed_out(_: PgPoolOptions, options: PgConnectOptions) {
    let device = Device::new(&options).await;
    let Device {
        scratch,
        clock,
        school_id,
        user_id,
        first,
    } = &device;
    let second = start_in_transaction(&scratch.app, clock, *school_id, *user_id)
        .await
        .unwrap();
    let colleague_id = scratch.add_user(*school_id, Role::Admin).await;
    let colleague = start_in_transaction(&scratch.app, clock, *school_id, colleague_id)
        .await
        .unwrap();
    let mut transaction = scratch.app.school(*school_id).await.unwrap();
    revoke_user(&mut transaction, clock, *school_id, *user_id)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert!(device.is_revoked(first).await);
    assert!(device.is_revoked(&second.token).await);
    device.refresh(&colleague.token).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn of_refreshes_at_the_same_time_one_successor_remains(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let device = Device::new(&options).await;
    let (one, other, third) = tokio::join!(
        device.present(&device.first),
        device.present(&device.first),
        device.present(&device.first)
    );
    for result in [one, other, third] {
        result.unwrap();
    }
    let valid = sqlx::query_scalar!(
        r#"select count(*) as "count!" from refresh_tokens where replaces is not null and voided_at is null"#
    )
    .fetch_one(device.scratch.owner.pool())
    .await
    .unwrap();
    assert_eq!(valid, 1);
}
