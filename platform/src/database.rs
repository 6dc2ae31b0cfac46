//! The pool of database connections and the one way to a school's rows.
//!
//! Two walls stand around them. Every connection takes a role that owns nothing and bypasses nothing, and row-level
//! security shows that role only the rows of the school its transaction is for. [`Database::school`] is the only way to
//! say which school that is: a query outside of it sees no tenant row at all.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};
use std::str::FromStr;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, Executor, PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

/// How long a request waits for a free connection before it is told to come back later.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// For how long after its last use a connection is taken to be alive without asking the server, which would cost every
/// transaction a round trip.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// How a transaction that may write begins. Its statements are the same few with other values, looked up by key: one plan
/// for all values serves them, and making a plan for each would take longer than carrying it out.
const BEGIN: &str = "begin; set local plan_cache_mode = force_generic_plan";

/// As whom the statements of a pool run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseRole {
    /// `muster_app`: serves requests, one school a transaction.
    App,
    /// `muster_worker`: folds events of all schools into read tables.
    Worker,
    /// Whoever the URL names, without a change of role: migrations and maintenance.
    Owner,
}

impl DatabaseRole {
    /// The role's name in PostgreSQL; none for the owner, who is whoever the URL names.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::App => Some("muster_app"),
            Self::Worker => Some("muster_worker"),
            Self::Owner => None,
        }
    }

    fn application_name(self) -> &'static str {
        match self {
            Self::App => "muster app",
            Self::Worker => "muster worker",
            Self::Owner => "muster owner",
        }
    }

    /// What a new connection says first, as one message. A transaction left idle would hold back the feed of the whole
    /// cluster, so no role may leave one for more than five seconds. Statements are short: to compile one takes longer
    /// than to run it.
    fn greeting(self) -> String {
        let (role, statement_timeout, lock_timeout) = match self {
            Self::App => ("set role muster_app; ", "30s", "5s"),
            Self::Worker => ("set role muster_worker; ", "60s", "5s"),
            Self::Owner => ("", "0", "30s"),
        };
        format!(
            "{role}set search_path to public, read; set timezone to 'UTC'; set jit to off;
             set idle_in_transaction_session_timeout to '5s'; set statement_timeout to '{statement_timeout}';
             set lock_timeout to '{lock_timeout}'"
        )
    }
}

/// A pool of connections that all run as one role. Clones share the pool.
#[derive(Clone, Debug)]
pub struct Database {
    pool: PgPool,
    role: DatabaseRole,
}

impl Database {
    /// Opens a pool of at most `max_connections` and makes the first connection.
    ///
    /// # Errors
    /// The URL is malformed, the server does not answer, or the user of the URL may not take the role.
    pub async fn connect(
        url: &SecretString,
        role: DatabaseRole,
        max_connections: u32,
    ) -> Result<Self, sqlx::Error> {
        let options = PgConnectOptions::from_str(url.expose_secret())?
            .application_name(role.application_name());
        let pool = PgPoolOptions::new()
            .max_connections(max_connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .before_acquire(|connection, state| {
                Box::pin(async move {
                    if state.idle_for >= TRUSTED_FOR {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    let greeting = role.greeting();
                    connection.execute(greeting.as_str()).await.map(|_| ())
                })
            })
            .connect_with(options)
            .await?;
        Ok(Self { pool, role })
    }

    /// The pool itself, for tables without a school. Row-level security hides tenant rows from what runs on it.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// As whom this pool's statements run.
    pub fn role(&self) -> DatabaseRole {
        self.role
    }

    /// Begins a transaction in which `school_id`'s rows, and no other school's, can be read and written.
    ///
    /// # Errors
    /// No connection is free in time, or the database does not answer.
    pub async fn school(&self, school_id: Uuid) -> Result<SchoolTransaction, sqlx::Error> {
        self.begin_for(school_id, BEGIN).await
    }

    /// As [`school`](Self::school), but nothing can be written.
    ///
    /// # Errors
    /// As [`school`](Self::school).
    pub async fn read_school(&self, school_id: Uuid) -> Result<SchoolTransaction, sqlx::Error> {
        self.begin_for(school_id, "begin read only").await
    }

    /// As [`read_school`](Self::read_school), and all statements find the database as it was at the first.
    ///
    /// # Errors
    /// As [`school`](Self::school).
    pub async fn read_school_at_one_moment(
        &self,
        school_id: Uuid,
    ) -> Result<SchoolTransaction, sqlx::Error> {
        let begin = "begin isolation level repeatable read, read only";
        self.begin_for(school_id, begin).await
    }

    /// Who statements run as, and whether that is somebody row-level security or the append-only rule would not stop.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn standing(&self) -> Result<Standing, sqlx::Error> {
        sqlx::query_as!(
            Standing,
            r#"select current_user::text as "user!",
                      (r.rolsuper or r.rolbypassrls) as "above_row_level_security!",
                      pg_has_role(current_user, c.relowner, 'member') as "owns_the_events!"
               from pg_roles r, pg_class c
               where r.rolname = current_user and c.oid = 'public.events'::regclass"#
        )
        .fetch_one(&self.pool)
        .await
    }

    async fn begin_for(
        &self,
        school_id: Uuid,
        begin: &str,
    ) -> Result<SchoolTransaction, sqlx::Error> {
        // One message, so one round trip; a UUID's text needs no quoting.
        let statement: Cow<'static, str> =
            format!("{begin}; select set_config('muster.school_id', '{school_id}', true)").into();
        // In a task of its own: a request may be given up while the database answers, and sqlx would put the connection
        // back with the transaction open. What nobody waits for any more is rolled back.
        let pool = self.pool.clone();
        let beginning = tokio::spawn(async move { pool.begin_with(statement).await });
        let transaction = beginning.await.map_err(|_| sqlx::Error::WorkerCrashed)??;
        Ok(SchoolTransaction {
            transaction,
            school_id,
        })
    }
}

/// Who the statements of a pool run as. See [`Database::standing`].
#[derive(Clone, Debug)]
pub struct Standing {
    /// The current user's name.
    pub user: String,
    /// A superuser, or a role that bypasses row-level security.
    pub above_row_level_security: bool,
    /// The owner of the events, or a member of the owner.
    pub owns_the_events: bool,
}

impl Standing {
    /// Whether both walls hold for this user.
    pub fn is_walled_in(&self) -> bool {
        !self.above_row_level_security && !self.owns_the_events
    }
}

/// A transaction for one school. Dropped without [`commit`](Self::commit), it is rolled back.
#[derive(Debug)]
pub struct SchoolTransaction {
    transaction: Transaction<'static, Postgres>,
    school_id: Uuid,
}

impl SchoolTransaction {
    /// The school whose rows can be seen.
    pub fn school_id(&self) -> Uuid {
        self.school_id
    }

    /// Makes what was written durable.
    ///
    /// # Errors
    /// The database refused the commit or does not answer; whether the writes are there is then unknown.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.transaction.commit().await
    }
}

impl Deref for SchoolTransaction {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.transaction
    }
}

impl DerefMut for SchoolTransaction {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }
}

#[cfg(test)]
mod tests;
