//! The layout of the data directory, and the lock that keeps a second muster out of it.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use secrecy::{ExposeSecret, SecretString};

use super::account::Account;

/// A socket's path must fit into 107 bytes, of which PostgreSQL needs some for the file's name.
const LONGEST_SOCKET_DIRECTORY: usize = 88;

/// The paths of one data directory, absolute.
#[derive(Debug, Clone)]
pub(super) struct DataDirectory {
    root: PathBuf,
}

impl DataDirectory {
    /// Makes the directories that are missing; the cluster's own belongs to the server's user.
    pub(super) fn prepare(path: &Path, account: Option<&Account>) -> Result<Self> {
        let not_usable = || format!("cannot use {} as data directory", path.display());
        std::fs::create_dir_all(path).with_context(not_usable)?;
        let directory = Self {
            root: path.canonicalize().with_context(not_usable)?,
        };
        make_private(&directory.postgres()).with_context(not_usable)?;
        if let Some(account) = account {
            let_others_pass(&directory.root).with_context(not_usable)?;
            account.check_can_reach(&directory.postgres())?;
            account.own(&directory.postgres())?;
        }
        Ok(directory)
    }

    /// The directory as it is, if it has been used before.
    pub(super) fn existing(path: &Path) -> Option<Self> {
        let directory = Self {
            root: path.canonicalize().ok()?,
        };
        directory.cluster().is_dir().then_some(directory)
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Everything of the server, owned by the server's user.
    pub(super) fn postgres(&self) -> PathBuf {
        self.root.join("postgres")
    }

    /// What PostgreSQL calls its data directory.
    pub(super) fn cluster(&self) -> PathBuf {
        self.postgres().join("cluster")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.postgres().join("server.log")
    }

    pub(super) fn downloads(&self) -> PathBuf {
        self.root.join("postgresql-binaries")
    }

    /// Where the server's socket goes, unless the path is too long for one.
    pub(super) fn socket_directory(&self) -> Option<PathBuf> {
        let directory = self.postgres().join("socket");
        (directory.as_os_str().len() <= LONGEST_SOCKET_DIRECTORY).then_some(directory)
    }

    /// The generated password, once there is one. Empty when the server asks for none.
    pub(super) fn password(&self) -> Result<SecretString> {
        let path = self.password_file();
        std::fs::read_to_string(&path)
            .map(SecretString::from)
            .with_context(|| format!("cannot read the database password in {}", path.display()))
    }

    /// Keeps the password where only its owner can read it.
    pub(super) fn keep_password(&self, password: &SecretString) -> Result<()> {
        write_private(&self.password_file(), password.expose_secret())
    }

    fn password_file(&self) -> PathBuf {
        self.root.join("postgres-password")
    }
}

/// Others may pass through the directory, but neither list it nor read the private files in it.
fn let_others_pass(path: &Path) -> Result<()> {
    let mode = path.metadata()?.permissions().mode();
    std::fs::set_permissions(path, Permissions::from_mode(mode | 0o011))?;
    Ok(())
}

/// Makes a directory that only its owner can enter.
pub(super) fn make_private(path: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("cannot make {}", path.display()))
}

/// Writes a file that only its owner can read.
pub(super) fn write_private(path: &Path, content: &str) -> Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    Ok(())
}

/// Held while a muster uses the directory; the operating system lets go of it however the process ends.
#[derive(Debug)]
pub(super) struct DirectoryLock {
    _file: Flock<File>,
}

impl DirectoryLock {
    /// # Errors
    /// Another muster holds it; the message names its process.
    pub(super) fn acquire(directory: &DataDirectory) -> Result<Self> {
        let path = directory.root().join("muster.lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        let mut holder = String::new();
        file.read_to_string(&mut holder)?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(mut file) => {
                file.rewind()?;
                file.set_len(0)?;
                write!(file, "{}", std::process::id())?;
                Ok(Self { _file: file })
            }
            Err((_, Errno::EWOULDBLOCK)) => bail!(
                "another muster (process {}) is using the data directory {}: stop it first, or choose another one with --data-dir",
                holder.trim(),
                directory.root().display()
            ),
            Err((_, error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(root: &tempfile::TempDir) -> DataDirectory {
        DataDirectory {
            root: root.path().to_owned(),
        }
    }

    #[test]
    fn a_second_muster_is_told_who_uses_the_directory() {
        let root = tempfile::tempdir().unwrap();
        let first = DirectoryLock::acquire(&directory(&root)).unwrap();
        let refusal = DirectoryLock::acquire(&directory(&root))
            .unwrap_err()
            .to_string();
        assert!(
            refusal.contains(&format!("process {}", std::process::id())),
            "{refusal}"
        );
        drop(first);
        DirectoryLock::acquire(&directory(&root)).unwrap();
    }

    #[test]
    fn only_the_owner_can_read_the_password() {
        let root = tempfile::tempdir().unwrap();
        let directory = directory(&root);
        directory
            .keep_password(&SecretString::from("secret"))
            .unwrap();
        let mode = directory
            .password_file()
            .metadata()
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(directory.password().unwrap().expose_secret(), "secret");
    }

    #[test]
    fn a_path_too_long_for_a_socket_gets_none() {
        let deep = DataDirectory {
            root: PathBuf::from(format!("/{}", "d".repeat(90))),
        };
        assert_eq!(deep.socket_directory(), None);
    }
}
