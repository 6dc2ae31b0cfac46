//! `postmaster.pid`: what a running server says of itself, and what a killed one leaves behind.

use std::path::Path;

use anyhow::{Context, Result};
use nix::sys::signal::kill;
use nix::unistd::Pid;

/// The lines that matter here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PostmasterFile {
    pub(super) process: i32,
    /// Missing while the server is only just starting.
    pub(super) port: Option<u16>,
    pub(super) ready: bool,
}

impl PostmasterFile {
    /// Reads the file of a cluster; None if no server runs there or it has not written its process id yet.
    pub(super) fn read(cluster: &Path) -> Result<Option<Self>> {
        let path = cluster.join("postmaster.pid");
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        Some(Self {
            process: lines.first()?.parse().ok()?,
            port: lines.get(3).and_then(|port| port.parse().ok()),
            ready: lines.get(7) == Some(&"ready"),
        })
    }

    /// Whether the process that wrote the file is alive and still is this cluster's server. After a crash of the
    /// machine the number may belong to somebody else.
    pub(super) fn is_alive(&self, cluster: &Path) -> bool {
        if !process_exists(self.process) {
            return false;
        }
        match std::fs::read_link(format!("/proc/{}/cwd", self.process)) {
            Ok(working_directory) => working_directory == cluster,
            // Without /proc there is nothing better to go by than the number.
            Err(_) => !Path::new("/proc/self").exists(),
        }
    }
}

/// Whether a process with this number exists.
pub(super) fn process_exists(process: i32) -> bool {
    !matches!(
        kill(Pid::from_raw(process), None),
        Err(nix::errno::Errno::ESRCH)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ready_server_is_read_with_its_port() {
        let text = "8118\n/data/cluster\n1795343958\n40123\n/data/socket\n127.0.0.1\n  5432001   3\nready   \n";
        let expected = PostmasterFile {
            process: 8118,
            port: Some(40123),
            ready: true,
        };
        assert_eq!(PostmasterFile::parse(text), Some(expected));
    }

    #[test]
    fn a_starting_server_is_not_ready() {
        let expected = PostmasterFile {
            process: 8118,
            port: None,
            ready: false,
        };
        assert_eq!(
            PostmasterFile::parse("8118\n/data/cluster\n"),
            Some(expected)
        );
        assert_eq!(PostmasterFile::parse(""), None);
    }

    #[test]
    fn a_number_that_now_belongs_to_another_program_is_not_our_server() {
        let own = PostmasterFile {
            process: i32::try_from(std::process::id()).unwrap(),
            port: None,
            ready: true,
        };
        assert!(!own.is_alive(Path::new("/nowhere/cluster")));
    }
}
