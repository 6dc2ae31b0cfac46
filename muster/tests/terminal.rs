//! What the executable says to whoever runs it at a terminal.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// A command on a data directory, without anything of the environment that could lead it elsewhere or make it talk.
fn muster(data_dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    command
        .args(arguments)
        .env_remove("DATABASE_URL")
        .env_remove("RUST_LOG")
        .env("MUSTER_DATA_DIR", data_dir)
        .env("MUSTER_PORT", "0")
        .stdin(Stdio::null());
    command
}

#[test]
fn a_command_that_ends_says_its_result_and_nothing_of_its_inner_workings() {
    let directory = tempfile::tempdir().unwrap();
    for (arguments, said) in [
        (&["migrate"][..], "The database is laid out.\n"),
        (
            &["projections", "rebuild"],
            "attendance: rebuilt from 0 events\nrolls: rebuilt from 0 events\n",
        ),
        (
            &["audit", "verify"],
            "There is nothing to verify: the store has no events and no checkpoints.\n",
        ),
    ] {
        let output = muster(directory.path(), arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), said);
    }
    let replayed = muster(directory.path(), &["audit", "replay"])
        .output()
        .unwrap();
    assert!(replayed.status.success(), "{replayed:?}");
    assert_eq!(String::from_utf8_lossy(&replayed.stderr), "");
}

#[test]
fn a_command_that_finds_no_store_says_so_and_makes_none() {
    let directory = tempfile::tempdir().unwrap();
    let nowhere = directory.path().join("nowhere");
    for arguments in [
        &["user", "list", "--school", "ONE"][..],
        &["audit", "verify"],
        &["events", "reseat"],
        &["projections", "status"],
    ] {
        let output = muster(&nowhere, arguments).output().unwrap();
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{complaint}");
        assert!(complaint.contains("there is no store in"), "{complaint}");
        assert!(!nowhere.exists());
    }
}

#[test]
fn a_muster_whose_postgresql_cannot_be_started_again_says_so_and_ends() {
    let directory = tempfile::tempdir().unwrap();
    let mut up = muster(directory.path(), &["up"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(up.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("is ready")));

    let cluster = directory.path().join("postgres/cluster");
    std::fs::remove_file(cluster.join("global/pg_control")).unwrap();
    let file = std::fs::read_to_string(cluster.join("postmaster.pid")).unwrap();
    let server = file.lines().next().unwrap().parse().unwrap();
    kill(Pid::from_raw(server), Signal::SIGKILL).unwrap();

    let mut said = String::new();
    up.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(up.wait().unwrap().code(), Some(1), "{said}");
    assert!(said.contains("ended unexpectedly"), "{said}");
    let reason = "muster: the PostgreSQL server ended 5 times within 10 minutes, at last with: ";
    let last_words = said.lines().find(|line| line.starts_with(reason));
    assert!(
        last_words.is_some_and(|line| line.contains("pg_control")),
        "{said}"
    );
}

#[test]
fn the_first_page_of_the_manual_shows_the_first_steps() {
    let directory = tempfile::tempdir().unwrap();
    let output = muster(directory.path(), &["--help"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for step in [
        "muster demo",
        "muster import oneroster",
        "muster user add",
        "muster up",
    ] {
        assert!(text.contains(step), "{text}");
    }
}
