//! The `muster` command.

use std::process::ExitCode;

use clap::Parser;
use muster::cli::{Cli, Exit};

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().run().await {
        Ok(Exit::Done) => ExitCode::SUCCESS,
        Ok(Exit::FoundWrong) => ExitCode::from(3),
        Err(error) => {
            eprintln!("muster: {error:#}");
            ExitCode::FAILURE
        }
    }
}
