//! `muster audit`: what auditors check.

mod log;
mod replay;
mod verify;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::Exit;

/// Checks that history was not rewritten and that what is served follows from it
///
/// Everything works beside a running muster, and on its data directory while it is stopped. docs/AUDIT.md says what is proven.
#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Verify(verify::Verify),
    Checkpoint(log::Checkpoint),
    PublicKey(log::PublicKey),
    Export(log::Export),
    Import(log::Import),
    Replay(replay::Replay),
}

impl Audit {
    pub(super) async fn run(self) -> Result<Exit> {
        match self.action {
            Action::Verify(command) => command.run().await,
            Action::Checkpoint(command) => command.run().await,
            Action::PublicKey(command) => command.run().await,
            Action::Export(command) => command.run().await,
            Action::Import(command) => command.run().await,
            Action::Replay(command) => command.run().await,
        }
    }
}
