//! `muster user`: accounts.

use anyhow::Result;
use clap::{Args, Subcommand};
use command_api::users::{self, NewUser};
use platform::auth::Role;
use platform::clock::Clock;
use platform::database::{Database, DatabaseRole};

use super::Exit;
use super::options::StoreOptions;
use super::output::say;
use super::password;
use super::up::DATA_DIRECTORY;

/// Manages the accounts of a school
///
/// Passwords are read from standard input: typed at a terminal, or the first line of what is piped in.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muster user add --school HILL --username office --role admin
  muster user list --school HILL
  muster user reset-password --school HILL --username ann < password-file")]
pub(super) struct User {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Makes an account; its password is read from standard input
    Add {
        #[command(flatten)]
        account: Account,
        /// What the person may do: teacher, admin or auditor
        #[arg(long, env = "MUSTER_USER_ROLE")]
        role: Role,
        /// The person's name [default: the username]
        #[arg(long, env = "MUSTER_USER_NAME")]
        name: Option<String>,
    },
    /// Lists the accounts of a school
    List {
        #[command(flatten)]
        school: School,
    },
    /// Closes an account and signs its devices out; takes effect within five seconds
    Disable {
        #[command(flatten)]
        account: Account,
    },
    /// Gives an account a new password, read from standard input, and opens it if it was closed
    ResetPassword {
        #[command(flatten)]
        account: Account,
    },
}

#[derive(Debug, Args)]
struct School {
    /// Login code of the school
    #[arg(long, env = "MUSTER_SCHOOL", value_name = "CODE")]
    school: String,
    #[command(flatten)]
    store: StoreOptions,
}

#[derive(Debug, Args)]
struct Account {
    #[command(flatten)]
    school: School,
    /// What the person types to sign in
    #[arg(long, env = "MUSTER_USERNAME")]
    username: String,
}

impl User {
    pub(super) async fn run(self) -> Result<Exit> {
        let store = self
            .action
            .school()
            .store
            .location(DATA_DIRECTORY)?
            .visit()
            .await?;
        let database = store.connect(DatabaseRole::App, 2).await?;
        let done = self.action.run(&database).await;
        database.pool().close().await;
        done.and(store.close().await).map(|()| Exit::Done)
    }
}

impl Action {
    fn school(&self) -> &School {
        match self {
            Self::List { school } => school,
            Self::Add { account, .. }
            | Self::Disable { account }
            | Self::ResetPassword { account } => &account.school,
        }
    }

    async fn run(&self, database: &Database) -> Result<()> {
        let school = self.school().school.as_str();
        match self {
            Self::Add {
                account,
                role,
                name,
            } => {
                let user = NewUser {
                    username: account.username.clone(),
                    name: name.clone().unwrap_or_else(|| account.username.clone()),
                    role: *role,
                    password: password::read()?,
                };
                users::add(database, school, user).await?;
                say(format_args!("{} can sign in.", account.username))
            }
            Self::List { .. } => list(database, school).await,
            Self::Disable { account } => {
                users::disable(database, &Clock::system(), school, &account.username).await?;
                say(format_args!("{} can no longer sign in.", account.username))
            }
            Self::ResetPassword { account } => {
                let password = password::read()?;
                users::reset_password(
                    database,
                    &Clock::system(),
                    school,
                    &account.username,
                    password,
                )
                .await?;
                say(format_args!("{} has a new password.", account.username))
            }
        }
    }
}

async fn list(database: &Database, school: &str) -> Result<()> {
    for user in users::list(database, school).await? {
        let state = match (user.disabled, user.has_password) {
            (true, _) => "disabled",
            (false, false) => "no password",
            (false, true) => "active",
        };
        say(format_args!(
            "{:30} {:8} {:12} {}",
            user.username,
            user.role.as_str(),
            state,
            user.name
        ))?;
    }
    Ok(())
}
