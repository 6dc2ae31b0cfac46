//! Makes a backup.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};

use super::postgres_tools::PostgresTools;

/// The files of a backup.
#[derive(Debug)]
pub(crate) struct Saved {
    pub(crate) data: PathBuf,
    pub(crate) keys: PathBuf,
}

/// Dumps the data into one folder and the wrapped keys into another, into files that are named after the moment. The keys
/// come after the data, so that every text in the data has its key among them.
///
/// # Errors
/// A file cannot be made, or PostgreSQL fails. What was begun is taken away.
pub(crate) async fn save(
    tools: &PostgresTools,
    data_folder: &Path,
    keys_folder: &Path,
    now: DateTime<Utc>,
) -> Result<Saved> {
    let moment = now.format("%Y%m%dT%H%M%SZ");
    let saved = Saved {
        data: data_folder.join(format!("muster-{moment}.data.dump")),
        keys: keys_folder.join(format!("muster-{moment}.keys.dump")),
    };
    dump(tools, &saved.data, &["--exclude-table-data=keyring.*"]).await?;
    let keys = ["--data-only", "--schema=keyring"];
    if let Err(error) = dump(tools, &saved.keys, &keys).await {
        let _ = fs::remove_file(&saved.data);
        return Err(error);
    }
    Ok(saved)
}

async fn dump(tools: &PostgresTools, path: &Path, arguments: &[&str]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let cannot = || format!("cannot make {}", path.display());
    fs::create_dir_all(folder).with_context(cannot)?;
    // Made before it is written, so that nobody else may read it for a moment.
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(cannot)?;
    let file = format!("--file={}", path.display());
    let dumped = tools
        .run(
            "pg_dump",
            &[&["--format=custom", &file], arguments].concat(),
        )
        .await;
    let kept = match dumped {
        Ok(()) => File::open(path)
            .and_then(|file| file.sync_all())
            .and_then(|()| File::open(folder)?.sync_all())
            .with_context(cannot),
        Err(error) => Err(error),
    };
    if kept.is_err() {
        let _ = fs::remove_file(path);
    }
    kept
}
