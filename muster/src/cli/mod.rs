//! The command line. Its help is the manual, so the doc comments of arguments are written for whoever runs muster.

mod audit;
mod backup;
mod demo;
mod events;
mod import;
mod import_unsent;
mod migrate;
mod openapi;
mod options;
mod output;
mod password;
mod privacy;
mod projections;
mod restore;
mod role;
mod up;
mod user;

use anyhow::{Result, anyhow};
use clap::{Parser, Subcommand};
use platform::telemetry::{self, LogFormat};

const FIRST_STEPS: &str = "\
First steps:
  muster demo                                                   look around in a made-up school
  muster import oneroster FOLDER --time-zone Africa/Nairobi     bring in a school of your own
  muster user add --school CODE --username NAME --role admin    let somebody sign in
  muster up                                                     serve it on http://127.0.0.1:8080/

`muster help COMMAND` explains a command and its options.";

/// Muster takes the register: attendance for schools, with or without a network.
///
/// A school with one computer needs only `muster up`; a district with many gives each role (command-api, query-api,
/// projections) its own processes. Every option can also be given as the environment variable named beside it. Exit codes:
/// 0 done, 1 failed, 2 wrong usage, 3 found something wrong.
#[derive(Debug, Parser)]
#[command(
    name = "muster",
    version,
    propagate_version = true,
    max_term_width = 110,
    after_help = FIRST_STEPS
)]
pub struct Cli {
    /// How log lines are written to standard error: text or json. `RUST_LOG` says what is logged, such as info or
    /// debug [default: info for what serves, error for the others]
    #[arg(
        long,
        env = "MUSTER_LOG_FORMAT",
        default_value = "text",
        global = true,
        value_name = "FORMAT",
        help_heading = "Logging"
    )]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Up(up::Up),
    Demo(demo::Demo),
    CommandApi(role::CommandApi),
    QueryApi(role::QueryApi),
    Projections(projections::Projections),
    Migrate(migrate::Migrate),
    Import(import::Import),
    User(user::User),
    Events(events::Events),
    Audit(audit::Audit),
    Privacy(privacy::Privacy),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Openapi(openapi::Openapi),
}

impl Command {
    /// What is logged if `RUST_LOG` does not say. Whoever runs a server wants to know what it does; whoever runs another
    /// command watches its progress and reads its result. What PostgreSQL remarks on our statements is for neither.
    fn log_filter(&self) -> &'static str {
        match self {
            Self::Up(_) | Self::Demo(_) | Self::CommandApi(_) | Self::QueryApi(_) => SERVER_LOG,
            Self::Projections(command) if command.is_server() => SERVER_LOG,
            Self::Projections(_)
            | Self::Migrate(_)
            | Self::Import(_)
            | Self::User(_)
            | Self::Events(_)
            | Self::Audit(_)
            | Self::Privacy(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Openapi(_) => TOOL_LOG,
        }
    }
}

const SERVER_LOG: &str = "info,sqlx::postgres::notice=warn";
/// Failures, and what its user has to know: that keys were made, that a server is being downloaded.
const TOOL_LOG: &str = "error,muster::store::keys=info,muster::embedded_postgres::download=info";

/// How a command that did its work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It is done.
    Done,
    /// It is done, and what it looked at is wrong.
    FoundWrong,
}

impl Cli {
    /// Does what was asked for.
    ///
    /// # Errors
    /// Whatever kept it from being done, in a sentence for whoever ran it.
    pub async fn run(self) -> Result<Exit> {
        telemetry::init(self.log_format, self.command.log_filter())
            .map_err(|error| anyhow!(error))?;
        match self.command {
            Command::Up(command) => command.run().await,
            Command::Demo(command) => command.run().await,
            Command::CommandApi(command) => command.run().await,
            Command::QueryApi(command) => command.run().await,
            Command::Projections(command) => command.run().await,
            Command::Migrate(command) => command.run().await,
            Command::Import(command) => command.run().await,
            Command::User(command) => command.run().await,
            Command::Events(command) => command.run().await,
            Command::Audit(command) => command.run().await,
            Command::Privacy(command) => command.run().await,
            Command::Backup(command) => command.run().await,
            Command::Restore(command) => command.run().await,
            Command::Openapi(command) => command.run(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_fit_together() {
        Cli::command().debug_assert();
    }

    /// Every option, of every command, that has no environment variable.
    fn without_variable(command: &clap::Command) -> Vec<String> {
        let own = command
            .get_arguments()
            .filter(|argument| !argument.is_positional() && argument.get_env().is_none())
            .filter(|argument| !["help", "version"].contains(&argument.get_id().as_str()))
            .map(|argument| format!("{} --{}", command.get_name(), argument.get_id()));
        own.chain(command.get_subcommands().flat_map(without_variable))
            .collect()
    }

    #[test]
    fn every_option_has_an_environment_variable() {
        assert_eq!(without_variable(&Cli::command()), Vec::<String>::new());
    }
}
