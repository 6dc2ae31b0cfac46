//! Finds the programs of a PostgreSQL server on this machine.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use tokio::process::Command;

/// The oldest server that muster runs on.
pub(super) const OLDEST_VERSION: u32 = 15;

/// Server programs of one version.
#[derive(Debug, Clone)]
pub(super) struct Binaries {
    /// None: found by name on the search path.
    pub(super) directory: Option<PathBuf>,
    /// The major version, such as 15.
    pub(super) version: u32,
}

impl Binaries {
    /// What to execute for a program such as `initdb`.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        program_in(self.directory.as_deref(), name)
    }

    /// The programs in a directory (or, without one, on the search path); None if they are incomplete.
    pub(super) async fn inspect(directory: Option<PathBuf>) -> Option<Self> {
        output_of(&program_in(directory.as_deref(), "initdb"), "--version").await?;
        let text = output_of(&program_in(directory.as_deref(), "postgres"), "--version").await?;
        Some(Self {
            directory,
            version: major_version(&text)?,
        })
    }
}

/// Searches in this order: the directory that was asked for, earlier downloads, `pg_config`, Debian's places from the
/// newest version down, the search path. `wanted` is the version that made the cluster, if there is one.
///
/// # Errors
/// The directory that was asked for has no suitable server.
pub(super) async fn find(
    asked_for: Option<&Path>,
    downloads: &Path,
    wanted: Option<u32>,
) -> Result<Option<Binaries>> {
    if let Some(directory) = asked_for {
        return find_asked_for(directory, wanted).await.map(Some);
    }
    for candidate in candidates(downloads).await {
        if let Some(found) = Binaries::inspect(candidate).await
            && is_suitable(found.version, wanted)
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

async fn find_asked_for(directory: &Path, wanted: Option<u32>) -> Result<Binaries> {
    let Some(found) = Binaries::inspect(Some(directory.to_owned())).await else {
        bail!(
            "no PostgreSQL server (postgres and initdb) in {}: check MUSTER_PG_BIN",
            directory.display()
        );
    };
    if is_suitable(found.version, wanted) {
        return Ok(found);
    }
    match wanted {
        Some(version) => bail!(
            "the data directory was made by PostgreSQL {version}, but {} holds version {}: point MUSTER_PG_BIN at version {version}",
            directory.display(),
            found.version
        ),
        None => bail!(
            "{} holds PostgreSQL {}, but version {OLDEST_VERSION} or newer is needed",
            directory.display(),
            found.version
        ),
    }
}

/// A cluster can only be opened by the major version that made it.
fn is_suitable(version: u32, wanted: Option<u32>) -> bool {
    version >= OLDEST_VERSION && wanted.is_none_or(|wanted| version == wanted)
}

async fn candidates(downloads: &Path) -> Vec<Option<PathBuf>> {
    let mut candidates: Vec<Option<PathBuf>> =
        directories_below(downloads).into_iter().map(Some).collect();
    if let Some(directory) = output_of(Path::new("pg_config"), "--bindir").await {
        candidates.push(Some(PathBuf::from(directory.trim())));
    }
    candidates.extend(
        directories_below(Path::new("/usr/lib/postgresql"))
            .into_iter()
            .map(Some),
    );
    candidates.push(None);
    candidates
}

/// `<root>/<version>/bin`, newest version first.
fn directories_below(root: &Path) -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir(root)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = leading_number(entry.file_name().to_str()?)?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions
        .into_iter()
        .map(|(_, directory)| directory)
        .collect()
}

fn program_in(directory: Option<&Path>, name: &str) -> PathBuf {
    directory.map_or_else(|| PathBuf::from(name), |directory| directory.join(name))
}

async fn output_of(program: &Path, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).output().await.ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The 15 of "postgres (PostgreSQL) 15.18 (Debian 15.18-0)".
fn major_version(text: &str) -> Option<u32> {
    text.split_whitespace().find_map(leading_number)
}

fn leading_number(text: &str) -> Option<u32> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_the_server_says() {
        assert_eq!(
            major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major_version("something else"), None);
    }

    #[test]
    fn only_the_version_that_made_a_cluster_may_open_it() {
        assert!(is_suitable(16, None));
        assert!(!is_suitable(14, None));
        assert!(!is_suitable(16, Some(15)));
        assert!(is_suitable(15, Some(15)));
    }

    #[tokio::test]
    async fn a_directory_without_a_server_is_refused_by_name() {
        let empty = tempfile::tempdir().unwrap();
        let refusal = find(Some(empty.path()), empty.path(), None)
            .await
            .unwrap_err()
            .to_string();
        assert!(
            refusal.contains(&empty.path().display().to_string()),
            "{refusal}"
        );
    }

    #[test]
    fn the_newest_version_is_tried_first() {
        let root = tempfile::tempdir().unwrap();
        for version in ["9", "15", "17.2"] {
            std::fs::create_dir(root.path().join(version)).unwrap();
        }
        let order: Vec<_> = directories_below(root.path());
        let expected: Vec<_> = ["17.2", "15", "9"]
            .iter()
            .map(|v| root.path().join(v).join("bin"))
            .collect();
        assert_eq!(order, expected);
    }
}
