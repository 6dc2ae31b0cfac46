use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::EncodingKey;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::*;
use crate::ids;
use crate::scratch::{Scratch, clock, keyring, time};

/// A teacher of a school, and what issues their tokens.
struct Desk {
    scratch: Scratch,
    clock: Clock,
    tokens: Tokens,
    school_id: Uuid,
    user_id: Uuid,
}

impl Desk {
    async fn new(options: &PgConnectOptions) -> Self {
        let scratch = Scratch::new(options).await;
        let school_id = scratch.add_school().await;
        let user_id = scratch.add_user(school_id, Role::Teacher).await;
        let clock = clock();
        let tokens = Tokens::open(scratch.app.clone(), keyring(1, 7), clock.clone())
            .await
            .unwrap();
        Self {
            scratch,
            clock,
            tokens,
            school_id,
            user_id,
        }
    }

    fn issue(&self) -> String {
        let token = self
            .tokens
            .issue(self.school_id, self.user_id, Role::Teacher)
            .unwrap();
        assert_eq!(token.expires_in, 900);
        token.token.expose_secret().to_owned()
    }

    /// Another process on the same database.
    async fn other_process(&self, keyring: KeyRing) -> Tokens {
        Tokens::open(self.scratch.app.clone(), keyring, self.clock.clone())
            .await
            .unwrap()
    }

    /// What every process does once an hour.
    async fn rotate(&self) {
        let now = self.clock.now();
        self.tokens.0.keys.rotate_if_due(now).await.unwrap();
    }

    async fn slug(&self, token: &str) -> Slug {
        self.tokens.authenticate(token).await.unwrap_err().slug()
    }

    fn claims(&self) -> Value {
        json!({
            "sub": self.user_id, "school": self.school_id, "role": "teacher", "typ": "access",
            "iat": self.clock.now().timestamp(), "exp": self.clock.now().timestamp() + 900,
        })
    }
}

fn key_id(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

fn signed_with(key: &ed25519_dalek::SigningKey, kid: &str, claims: &Value) -> String {
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(kid.to_owned());
    let key = EncodingKey::from_ed_der(key.to_pkcs8_der().unwrap().as_bytes());
    jsonwebtoken::encode(&header, claims, &key).unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_says_who_is_calling(_: PgPoolOptions, options: PgConnectOptions) {
    let desk = Desk::new(&options).await;
    let caller = desk.tokens.authenticate(&desk.issue()).await.unwrap();
    assert_eq!(
        caller,
        Caller {
            user_id: desk.user_id,
            school_id: desk.school_id,
            role: Role::Teacher
        }
    );
    let until = desk.tokens.admit(&desk.issue()).await.unwrap().until;
    assert_eq!(until, desk.clock.now() + ACCESS_LIFETIME);
    assert!(caller.require(&[Role::Admin, Role::Teacher]).is_ok());
    let refused = caller.require(&[Role::Admin]).unwrap_err();
    assert_eq!(refused.slug(), Slug::Forbidden);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_is_over_after_fifteen_minutes_by_our_clock(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let desk = Desk::new(&options).await;
    let token = desk.issue();
    desk.clock.set(time("2026-11-24T08:14:59Z"));
    assert!(desk.tokens.authenticate(&token).await.is_ok());
    desk.clock.set(time("2026-11-24T08:15:00Z"));
    assert_eq!(desk.slug(&token).await, Slug::TokenExpired);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_that_nobody_signed_is_invalid(_: PgPoolOptions, options: PgConnectOptions) {
    let desk = Desk::new(&options).await;
    let kid = key_id(&desk.issue());
    let claims = BASE64.encode(desk.claims().to_string());
    for algorithm in ["none", "None", "NONE", ""] {
        let header = BASE64.encode(json!({"alg": algorithm, "typ": "JWT", "kid": kid}).to_string());
        for signature in ["", "AAAA"] {
            let token = format!("{header}.{claims}.{signature}");
            assert_eq!(desk.slug(&token).await, Slug::TokenInvalid, "{algorithm}");
        }
    }
    for token in ["", ".", "..", "a.b.c", "no token"] {
        assert_eq!(desk.slug(token).await, Slug::TokenInvalid, "{token}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_signed_with_the_public_key_as_a_password_is_invalid(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let desk = Desk::new(&options).await;
    let public_key = sqlx::query_scalar!("select public_key from signing_keys")
        .fetch_one(desk.scratch.owner.pool())
        .await
        .unwrap();
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some(key_id(&desk.issue()));
    let key = EncodingKey::from_secret(&public_key);
    let token = jsonwebtoken::encode(&header, &desk.claims(), &key).unwrap();
    assert_eq!(desk.slug(&token).await, Slug::TokenInvalid);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_signed_with_another_key_is_invalid(_: PgPoolOptions, options: PgConnectOptions) {
    let desk = Desk::new(&options).await;
    let stranger = ed25519_dalek::SigningKey::from_bytes(&ids::random());
    for kid in [key_id(&desk.issue()), ids::new_id().to_string(), "x".into()] {
        let token = signed_with(&stranger, &kid, &desk.claims());
        assert_eq!(desk.slug(&token).await, Slug::TokenInvalid);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_changed_token_or_one_for_another_purpose_is_invalid(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let desk = Desk::new(&options).await;
    let token = desk.issue();
    let parts: Vec<&str> = token.split('.').collect();
    let mut claims = desk.claims();
    claims["role"] = json!("admin");
    let forged = [parts[0], &BASE64.encode(claims.to_string()), parts[2]].join(".");
    assert_eq!(desk.slug(&forged).await, Slug::TokenInvalid);

    let sealed = sqlx::query_scalar!("select sealed_private_key from signing_keys")
        .fetch_one(desk.scratch.owner.pool())
        .await
        .unwrap();
    let seed = keyring(1, 7).open_secret(&sealed).unwrap();
    let key = ed25519_dalek::SigningKey::from_bytes(&seed.try_into().unwrap());
    let genuine = signed_with(&key, &key_id(&token), &desk.claims());
    assert!(desk.tokens.authenticate(&genuine).await.is_ok());
    claims = desk.claims();
    claims["typ"] = json!("checkpoint");
    let other_purpose = signed_with(&key, &key_id(&token), &claims);
    assert_eq!(desk.slug(&other_purpose).await, Slug::TokenInvalid);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_new_signing_key_signs_nobody_out(_: PgPoolOptions, options: PgConnectOptions) {
    let desk = Desk::new(&options).await;
    let other_process = desk.other_process(keyring(1, 7)).await;
    desk.clock.set(time("2026-12-24T07:59:59Z"));
    let before = desk.issue();
    desk.clock.set(time("2026-12-24T08:00:00Z"));
    desk.rotate().await;
    let after = desk.issue();
    assert_ne!(key_id(&before), key_id(&after));
    for token in [&before, &after] {
        assert!(desk.tokens.authenticate(token).await.is_ok());
        assert!(other_process.authenticate(token).await.is_ok());
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_process_that_starts_replaces_a_key_of_thirty_days(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let desk = Desk::new(&options).await;
    let first = key_id(&desk.issue());
    let signer_after = async |moment: &str| {
        desk.clock.set(time(moment));
        let started = desk.other_process(keyring(1, 7)).await;
        let token = started.issue(desk.school_id, desk.user_id, Role::Teacher);
        key_id(token.unwrap().token.expose_secret())
    };
    assert_eq!(signer_after("2026-12-24T07:59:59Z").await, first);
    assert_ne!(signer_after("2026-12-24T08:00:00Z").await, first);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_process_that_goes_on_for_long_replaces_its_key_and_takes_over_anothers(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let desk = Desk::new(&options).await;
    let other_process = desk.other_process(keyring(1, 7)).await;
    let first = key_id(&desk.issue());
    for tokens in [&desk.tokens, &other_process] {
        tokio::spawn(SigningKeys::keep_rotating(
            std::sync::Arc::downgrade(&tokens.0.keys),
            desk.clock.clone(),
            Duration::from_millis(20),
        ));
    }
    desk.clock.set(time("2026-12-24T08:00:00Z"));
    let replaced = Instant::now();
    let mut poll = tokio::time::interval(Duration::from_millis(20));
    for tokens in [&desk.tokens, &other_process] {
        while tokens
            .0
            .keys
            .current()
            .signer
            .as_ref()
            .unwrap()
            .key_id
            .to_string()
            == first
        {
            assert!(replaced.elapsed() < Duration::from_secs(10));
            poll.tick().await;
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_replaced_key_is_removed_when_nothing_it_signed_is_good_any_more(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let desk = Desk::new(&options).await;
    let kept = async || {
        desk.rotate().await;
        let count = sqlx::query_scalar!(r#"select count(*) as "count!" from signing_keys"#);
        count.fetch_one(desk.scratch.owner.pool()).await.unwrap()
    };
    assert_eq!(kept().await, 1);
    desk.clock.set(time("2026-12-24T08:00:00Z"));
    assert_eq!(kept().await, 2);
    desk.clock.set(time("2026-12-25T07:59:59Z"));
    assert_eq!(kept().await, 2);
    desk.clock.set(time("2026-12-25T08:00:00Z"));
    assert_eq!(kept().await, 1);
    assert!(desk.tokens.authenticate(&desk.issue()).await.is_ok());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_dump_of_the_database_signs_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let desk = Desk::new(&options).await;
    let own = desk.issue();
    // Without the master key the stored signing key cannot be used, so this process makes one of its own.
    let without_master_key = desk.other_process(keyring(1, 8)).await;
    let other = without_master_key
        .issue(desk.school_id, desk.user_id, Role::Teacher)
        .unwrap();
    assert_ne!(key_id(&own), key_id(other.token.expose_secret()));
    assert!(without_master_key.authenticate(&own).await.is_ok());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_closed_account_is_refused_within_five_seconds(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let desk = Desk::new(&options).await;
    let token = desk.issue();
    assert!(desk.tokens.authenticate(&token).await.is_ok());

    desk.scratch
        .disable_user(desk.school_id, desk.user_id)
        .await;
    let closed = Instant::now();
    let mut poll = tokio::time::interval(Duration::from_millis(50));
    while desk.tokens.authenticate(&token).await.is_ok() {
        assert!(closed.elapsed() < Duration::from_secs(5));
        poll.tick().await;
    }
    assert_eq!(desk.slug(&token).await, Slug::TokenInvalid);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_of_another_role_has_to_be_renewed(_: PgPoolOptions, options: PgConnectOptions) {
    let desk = Desk::new(&options).await;
    let token = desk.issue();
    sqlx::query!("update users set role = 'auditor'")
        .execute(desk.scratch.owner.pool())
        .await
        .unwrap();
    assert_eq!(desk.slug(&token).await, Slug::TokenExpired);
}

#[sqlx::test(migrations = "../migrations")]
async fn somebody_the_school_does_not_know_is_refused(_: PgPoolOptions, options: PgConnectOptions) {
    let desk = Desk::new(&options).await;
    let other_school = desk.scratch.add_school().await;
    for (school_id, user_id) in [
        (desk.school_id, ids::new_id()),
        (other_school, desk.user_id),
    ] {
        let token = desk
            .tokens
            .issue(school_id, user_id, Role::Teacher)
            .unwrap();
        assert_eq!(
            desk.slug(token.token.expose_secret()).await,
            Slug::TokenInvalid
        );
    }
}
