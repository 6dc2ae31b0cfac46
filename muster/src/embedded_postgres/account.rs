//! PostgreSQL refuses to run as root: then its programs run as an unprivileged user.

use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;

use anyhow::{Context, Result, bail};
use nix::unistd::{Uid, User};
use tokio::process::Command;

/// The user that the server runs as when muster itself is root.
#[derive(Debug, Clone)]
pub(super) struct Account {
    name: String,
    uid: u32,
    gid: u32,
}

impl Account {
    /// `postgres` if there is one, else `nobody`; none when muster is an ordinary user already.
    pub(super) fn for_server() -> Result<Option<Self>> {
        if !Uid::effective().is_root() {
            return Ok(None);
        }
        for name in ["postgres", "nobody"] {
            if let Some(user) = User::from_name(name).context("cannot read the list of users")? {
                return Ok(Some(Self {
                    name: user.name,
                    uid: user.uid.as_raw(),
                    gid: user.gid.as_raw(),
                }));
            }
        }
        bail!(
            "PostgreSQL cannot run as root, and there is neither a user postgres nor nobody to run it as"
        )
    }

    /// Lets the program run as this user, without root's groups.
    pub(super) fn apply(&self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    /// Gives a file or directory to this user.
    pub(super) fn own(&self, path: &Path) -> Result<()> {
        chown(path, Some(self.uid), Some(self.gid))
            .with_context(|| format!("cannot give {} to user {}", path.display(), self.name))
    }

    /// Fails if a directory above `path` keeps this user out, naming it.
    pub(super) fn check_can_reach(&self, path: &Path) -> Result<()> {
        for ancestor in path.ancestors().skip(1) {
            let metadata = ancestor
                .metadata()
                .with_context(|| format!("cannot read {}", ancestor.display()))?;
            let execute_bit = if metadata.uid() == self.uid {
                0o100
            } else if metadata.gid() == self.gid {
                0o010
            } else {
                0o001
            };
            if metadata.mode() & execute_bit == 0 {
                bail!(
                    "started as root, so PostgreSQL runs as user {}, who may not enter {}: choose another place with \
                     --data-dir (such as /var/lib/muster), or start muster as an ordinary user",
                    self.name,
                    ancestor.display()
                );
            }
        }
        Ok(())
    }
}
