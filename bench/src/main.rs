//! Measures Muster beside the raw database, in alternating rounds of one run, so that a busy machine slows both.
//!
//! The server is durable: every commit is flushed, on both sides. One writer on each side.

mod appends;
mod large;
mod proofs;
mod raw;
mod rebuilds;
mod report;
mod reports;
mod streamed;
mod visibility;

use anyhow::Result;
use clap::Parser;
use muster::embedded_postgres::{EmbeddedPostgres, Settings};
use tests::contract::workspace_root;
use tests::process::open_to_the_server_account;
use tests::system::TestSystem;

use report::Report;

/// Measures Muster beside the raw database; prints a table and writes target/bench.json.
#[derive(Parser)]
struct Arguments {
    /// How many times each thing is measured
    #[arg(long, default_value_t = 30)]
    rounds: u32,
    /// How many schools of a thousand the reports are measured among [default: 5; with --large 200]
    #[arg(long)]
    schools: Option<u32>,
    /// Only what takes a large store: reports among 200 schools, and a school with ten million events and records. Wants
    /// about 40 GB of disk
    #[arg(long)]
    large: bool,
}

/// Enough for rows of others to be in the way.
const FEW_SCHOOLS: u32 = 5;
/// As many schools as one installation is to hold.
const MANY_SCHOOLS: u32 = 200;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let directory = tempfile::Builder::new().prefix("muster-bench-").tempdir()?;
    open_to_the_server_account(directory.path())?;
    let settings = Settings {
        data_dir: directory.path().to_owned(),
        binaries: None,
    };
    let server = EmbeddedPostgres::start(&settings).await?;
    let outcome = measure(&server, &arguments).await;
    server.stop().await?;
    let report = outcome?;
    report.write(&workspace_root().join("target/bench.json"))?;
    print(&report.table());
    Ok(())
}

async fn measure(server: &EmbeddedPostgres, arguments: &Arguments) -> Result<Report> {
    let rounds = arguments.rounds;
    let system = TestSystem::start_on(server.database_url("postgres")).await?;
    let mut report = Report::new(rounds);
    if arguments.large {
        let schools = arguments.schools.unwrap_or(MANY_SCHOOLS);
        reports::measure(&system, rounds, schools, &mut report).await?;
        large::measure(&system, rounds, &mut report).await?;
        return Ok(report);
    }
    appends::measure(&system, rounds, &mut report).await?;
    system.settle().await?;
    visibility::measure(&system, rounds, &mut report).await?;
    rebuilds::measure(&system, rounds.div_ceil(6), &mut report).await?;
    proofs::measure(&system, rounds.div_ceil(6), &mut report).await?;
    let schools = arguments.schools.unwrap_or(FEW_SCHOOLS);
    reports::measure(&system, rounds, schools, &mut report).await?;
    Ok(report)
}

#[expect(clippy::print_stdout, reason = "the table is what the program is for")]
fn print(table: &str) {
    println!("{table}");
}

/// Says what is being done, for whoever waits for it.
#[expect(clippy::print_stderr, reason = "long work shows that it goes on")]
fn progress(what: &str) {
    eprintln!("{what}");
}
