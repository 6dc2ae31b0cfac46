//! Reads a password from standard input: typed unseen at a terminal, or the first line of what is piped in.

use std::io::{BufRead, IsTerminal, Write};

use anyhow::{Context, Result};
use command_api::users::NewPassword;
use nix::sys::termios::{self, LocalFlags, SetArg, Termios};
use secrecy::SecretString;

/// # Errors
/// Nothing comes, or it is no acceptable password.
pub(super) fn read() -> Result<NewPassword> {
    let input = std::io::stdin();
    let mut line = String::new();
    if input.is_terminal() {
        write!(std::io::stderr(), "Password (not shown): ")?;
        let unseen = Unseen::begin()?;
        input.lock().read_line(&mut line)?;
        drop(unseen);
        writeln!(std::io::stderr())?;
    } else {
        input.lock().read_line(&mut line)?;
    }
    let typed = line.trim_end_matches(['\n', '\r']);
    NewPassword::parse(SecretString::from(typed))
        .context("the password, read from standard input, cannot be used")
}

/// While this lives, the terminal does not show what is typed.
struct Unseen(Termios);

impl Unseen {
    fn begin() -> Result<Self> {
        let before = termios::tcgetattr(std::io::stdin())?;
        let mut unseen = before.clone();
        unseen.local_flags.remove(LocalFlags::ECHO);
        termios::tcsetattr(std::io::stdin(), SetArg::TCSANOW, &unseen)?;
        Ok(Self(before))
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        if let Err(error) = termios::tcsetattr(std::io::stdin(), SetArg::TCSANOW, &self.0) {
            tracing::warn!(%error, "the terminal could not be set back: type `stty echo`");
        }
    }
}
