//! A database of a test's own, with schools and people in it.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

use crate::auth::Role;
use crate::clock::Clock;
use crate::database::{Database, DatabaseRole};
use crate::ids;
use crate::keyring::{KeyRing, KeySource};

/// A migrated database, seen by its owner and by the role that serves requests.
pub(crate) struct Scratch {
    pub(crate) owner: Database,
    pub(crate) app: Database,
    url: SecretString,
}

impl Scratch {
    pub(crate) async fn new(options: &PgConnectOptions) -> Self {
        let url = SecretString::from(options.to_url_lossy().to_string());
        Self {
            owner: connect(&url, DatabaseRole::Owner).await,
            app: connect(&url, DatabaseRole::App).await,
            url,
        }
    }

    /// Another pool on the same database, as another process would have.
    pub(crate) async fn connect(&self, role: DatabaseRole) -> Database {
        connect(&self.url, role).await
    }

    /// A pool of one connection: whatever is left on it meets whoever comes next.
    pub(crate) async fn connect_one(&self, role: DatabaseRole) -> Database {
        Database::connect(&self.url, role, 1).await.unwrap()
    }

    pub(crate) async fn add_school(&self) -> Uuid {
        let school_id = ids::new_id();
        sqlx::query!(
            "insert into schools (school_id, sourced_id, code, name, time_zone)
             values ($1, $2, $2, 'Uhuru Primary', 'Africa/Nairobi')",
            school_id,
            school_id.to_string()
        )
        .execute(self.owner.pool())
        .await
        .unwrap();
        school_id
    }

    pub(crate) async fn add_user(&self, school_id: Uuid, role: Role) -> Uuid {
        let user_id = ids::new_id();
        sqlx::query!(
            "insert into users (school_id, user_id, username, name, role) values ($1, $2, $3, 'Achieng Otieno', $4)",
            school_id,
            user_id,
            user_id.to_string(),
            role.as_str()
        )
        .execute(self.owner.pool())
        .await
        .unwrap();
        user_id
    }

    pub(crate) async fn disable_user(&self, school_id: Uuid, user_id: Uuid) {
        sqlx::query!(
            "update users set disabled = true where school_id = $1 and user_id = $2",
            school_id,
            user_id
        )
        .execute(self.owner.pool())
        .await
        .unwrap();
    }
}

async fn connect(url: &SecretString, role: DatabaseRole) -> Database {
    Database::connect(url, role, 4).await.unwrap()
}

/// A clock that stands at eight on a Tuesday in term.
pub(crate) fn clock() -> Clock {
    Clock::manual(time("2026-11-24T08:00:00Z"))
}

pub(crate) fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A key ring with one master key of this version, every byte of which is `fill`.
pub(crate) fn keyring(version: u32, fill: u8) -> KeyRing {
    use base64::Engine;
    let key = base64::engine::general_purpose::STANDARD.encode([fill; 32]);
    let content = format!(
        r#"{{"master_keys": [{{"version": {version}, "key": "{key}"}}], "fingerprint_key": "{key}"}}"#
    );
    KeyRing::open(&KeySource::Secret(content.into())).unwrap()
}
