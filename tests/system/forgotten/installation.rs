//! A muster as a process on a database of its own, and all that it holds.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use platform::keyring::{KeyRing, KeySource};
use secrecy::ExposeSecret;
use serde_json::Value;
use tests::caller::Caller;
use tests::outbox::Outbox;
use tests::process::MusterProcess;
use tests::school::{OFFICE, start_time};
use tests::scratch::ScratchDatabase;
use tests::seed;
use uuid::Uuid;

use super::path;

/// How long the projections may take while all tests run.
const PATIENCE: Duration = Duration::from_secs(60);

/// A muster on a database, with its keys and erasure ledger in a folder.
pub(super) struct Installation {
    pub(super) database: ScratchDatabase,
    process: Option<MusterProcess>,
    pub(super) folder: PathBuf,
    pub(super) erasures: PathBuf,
}

impl Installation {
    async fn start(database: ScratchDatabase, folder: &Path, erasures: &str) -> Result<Self> {
        let mut installation = Self {
            database,
            process: None,
            folder: folder.to_owned(),
            erasures: folder.join(erasures),
        };
        installation.serve().await?;
        Ok(installation)
    }

    async fn serve(&mut self) -> Result<()> {
        let environment = self.environment();
        let mut process = MusterProcess::spawn(&self.folder, &["up"], &borrowed(&environment))?;
        process.wait_until_ready().await?;
        self.process = Some(process);
        Ok(())
    }

    pub(super) async fn stop(&mut self) -> Result<()> {
        match self.process.take() {
            Some(process) => process.stop().await,
            None => Ok(()),
        }
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        environment(&self.database, &self.folder, &self.erasures)
    }

    pub(super) async fn run(&self, arguments: &[&str]) -> Result<String> {
        MusterProcess::run(arguments, &borrowed(&self.environment())).await
    }

    pub(super) fn anonymous(&self) -> Result<Caller> {
        let address = &self.process.as_ref().context("it is not running")?.address;
        Ok(Caller::anonymous(address, address))
    }

    /// Sends what must be accepted, and waits until everybody can read it.
    pub(super) async fn send(&self, caller: &Caller, outbox: &mut Outbox) -> Result<Value> {
        let answer = caller.send_accepted(outbox).await?;
        let position = answer["position"].as_str().context("a position")?;
        caller.wait_until_readable(position, PATIENCE).await?;
        Ok(answer)
    }

    /// What the office sees of the register.
    pub(super) async fn register(&self, session_id: &str) -> Result<Value> {
        let office = self.anonymous()?.sign_in(&OFFICE).await?;
        office
            .session(session_id.parse()?)
            .await?
            .expect(200)?
            .json()
    }
}

fn environment(
    database: &ScratchDatabase,
    folder: &Path,
    erasures: &Path,
) -> Vec<(&'static str, String)> {
    vec![
        ("DATABASE_URL", database.url().expose_secret().to_owned()),
        (
            "MUSTER_KEY_FILE",
            folder.join("keys.json").display().to_string(),
        ),
        ("MUSTER_ERASURES", erasures.display().to_string()),
        (
            "MUSTER_CLOCK",
            start_time().format("%Y-%m-%dT%H:%M:%SZ@1").to_string(),
        ),
        ("RUST_LOG", "debug".to_owned()),
    ]
}

fn borrowed<'a>(environment: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

/// The two schools, served, with the keys and the ledger in this folder.
pub(super) async fn laid_out(folder: &Path) -> Result<Installation> {
    let database = ScratchDatabase::empty().await?;
    let environment = environment(&database, folder, &folder.join("erasures.ndjson"));
    MusterProcess::run(&["migrate"], &borrowed(&environment)).await?;
    seed::write(&mut database.connect().await?).await?;
    Installation::start(database, folder, "erasures.ndjson").await
}

/// The backup in a database of its own, served.
pub(super) async fn restored(
    folder: &Path,
    data_folder: &Path,
    keys_folder: &Path,
    erasures: &str,
) -> Result<Installation> {
    let database = ScratchDatabase::empty().await?;
    let environment = environment(&database, folder, &folder.join(erasures));
    let (data, keys) = (only_file(data_folder)?, only_file(keys_folder)?);
    let restore = ["restore", path(&data), "--keys", path(&keys)];
    MusterProcess::run(&restore, &borrowed(&environment)).await?;
    let again = MusterProcess::run(&restore, &borrowed(&environment)).await;
    let refusal = again
        .err()
        .context("a database with something in it is not restored into")?;
    ensure!(refusal.to_string().contains("is not empty"), "{refusal}");
    Installation::start(database, folder, erasures).await
}

fn only_file(folder: &Path) -> Result<PathBuf> {
    let files: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    ensure!(files.len() == 1, "{files:?}");
    files.into_iter().next().context("a file")
}

/// Every row of every table as text, bytes in hexadecimal: what a dump of the database would hold.
pub(super) async fn everything(installation: &Installation) -> Result<String> {
    let mut connection = installation.database.connect().await?;
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind = 'r' and n.nspname in ('public', 'read', 'keyring')",
    )
    .fetch_all(&mut connection)
    .await?;
    ensure!(tables.len() > 30, "{tables:?}");
    let mut text = String::new();
    for table in tables {
        let statement = format!("select string_agg(t::text, ' ') from {table} t");
        let rows: Option<String> = sqlx::query_scalar(&statement)
            .fetch_one(&mut connection)
            .await?;
        text.push_str(&rows.unwrap_or_default());
    }
    Ok(text)
}

/// What all sealed texts say that the installation's keys open.
pub(super) async fn everything_opened(installation: &Installation) -> Result<String> {
    let source = KeySource::File(installation.folder.join("keys.json"));
    let keyring = KeyRing::open(&source)?;
    let mut connection = installation.database.connect().await?;
    let mut sealed: Vec<(Uuid, Vec<u8>)> = sqlx::query_as(
        "select school_id, sealed_command from refusals
         union all select school_id, remarks from read.register_entries where remarks is not null",
    )
    .fetch_all(&mut connection)
    .await?;
    let in_events: Vec<(Uuid, Value)> = sqlx::query_as(
        "select school_id, reason.value from events
         cross join json_each(payload) as content cross join json_each(content.value) as reason
         where aggregate_type = 'attendance_exception' and reason.key = 'reason'",
    )
    .fetch_all(&mut connection)
    .await?;
    for (school_id, reason) in in_events {
        if let Ok(text) = serde_json::from_value::<domain::SealedText>(reason) {
            sealed.push((school_id, text.as_bytes().to_vec()));
        }
    }
    let mut opened = Vec::new();
    for (school_id, text) in sealed {
        opened.extend(
            keyring
                .open_all(&mut connection, school_id, &[&text])
                .await?,
        );
    }
    Ok(opened.into_iter().flatten().collect::<Vec<_>>().join("\n"))
}
