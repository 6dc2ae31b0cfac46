//! `muster privacy`: what a person may ask of a school.

mod erase;
mod export;
mod forget;
mod retain;
mod rotate_keys;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::Exit;

/// Tells a person what the school holds of them, forgets a student for good, keeps years and no more, and renews the keys
///
/// Names are held in one table, and every remark and reason is sealed under a key of the student's. To forget a student is
/// to take out the name and destroy the key: the register, its totals and the proof that nobody rewrote it stay as they are.
#[derive(Debug, Args)]
pub(super) struct Privacy {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Erase(erase::Erase),
    Export(export::Export),
    Retain(retain::Retain),
    RotateKeys(rotate_keys::RotateKeys),
}

impl Privacy {
    pub(super) async fn run(self) -> Result<Exit> {
        match self.action {
            Action::Erase(command) => command.run().await,
            Action::Export(command) => command.run().await,
            Action::Retain(command) => command.run().await,
            Action::RotateKeys(command) => command.run().await,
        }
    }
}
