//! Measures Muster beside the raw database, in alternating rounds of one run, so that a busy machine slows both.
//!
//! The server is durable: every commit is flushed, on both sides. One writer on each side.

mod appends;
mod proofs;
mod raw;
mod rebuilds;
mod report;
mod reports;
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
    /// How many schools of a thousand the reports are measured among; the target of many is 200
    #[arg(long, default_value_t = 5)]
    schools: u32,
}

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
    appends::measure(&system, rounds, &mut report).await?;
    system.settle().await?;
    visibility::measure(&system, rounds, &mut report).await?;
    rebuilds::measure(&system, rounds.div_ceil(6), &mut report).await?;
    proofs::measure(&system, rounds.div_ceil(6), &mut report).await?;
    reports::measure(&system, rounds, arguments.schools.max(1), &mut report).await?;
    Ok(report)
}

#[expect(clippy::print_stdout, reason = "the table is what the program is for")]
fn print(table: &str) {
    println!("{table}");
}
