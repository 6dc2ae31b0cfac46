//! The private server: started, stopped, left behind and found again.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use muster::embedded_postgres::{self, EmbeddedPostgres, Settings};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{Connection, PgConnection};

fn settings(directory: &tempfile::TempDir) -> Settings {
    Settings {
        data_dir: directory.path().to_owned(),
        binaries: None,
    }
}

async fn connect(url: &SecretString) -> PgConnection {
    PgConnection::connect(url.expose_secret()).await.unwrap()
}

async fn setting(connection: &mut PgConnection, name: &str) -> String {
    sqlx::query_scalar("select current_setting($1)")
        .bind(name)
        .fetch_one(connection)
        .await
        .unwrap()
}

fn server_process(directory: &tempfile::TempDir) -> Pid {
    let file = directory.path().join("postgres/cluster/postmaster.pid");
    let text = std::fs::read_to_string(file).unwrap();
    Pid::from_raw(text.lines().next().unwrap().parse().unwrap())
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let server = EmbeddedPostgres::start(&settings(&directory))
        .await
        .unwrap();
    let mut connection = connect(&server.url()).await;
    sqlx::raw_sql("create table kept (); ")
        .execute(&mut connection)
        .await
        .unwrap();
    server.stop().await.unwrap();
    assert!(
        embedded_postgres::running(directory.path())
            .await
            .unwrap()
            .is_none()
    );

    let server = EmbeddedPostgres::start(&settings(&directory))
        .await
        .unwrap();
    let mut connection = connect(&server.url()).await;
    sqlx::query("select from kept")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_durable_server_flushes_and_is_reached_on_loopback_with_its_password_only() {
    let directory = tempfile::tempdir().unwrap();
    let server = EmbeddedPostgres::start(&settings(&directory))
        .await
        .unwrap();
    let mut connection = connect(&server.url()).await;
    for promise in ["fsync", "synchronous_commit", "full_page_writes"] {
        assert_eq!(setting(&mut connection, promise).await, "on", "{promise}");
    }
    assert_eq!(
        setting(&mut connection, "listen_addresses").await,
        "127.0.0.1"
    );
    let url = server.url().expose_secret().to_owned();
    let (_, place) = url.split_once('@').unwrap();
    let refusal = PgConnection::connect(&format!("postgres://postgres:guess@{place}"))
        .await
        .unwrap_err();
    assert!(
        refusal
            .to_string()
            .contains("password authentication failed"),
        "{refusal}"
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_start_on_the_same_directory_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let server = EmbeddedPostgres::start(&settings(&directory))
        .await
        .unwrap();
    let refusal = EmbeddedPostgres::start(&settings(&directory))
        .await
        .unwrap_err()
        .to_string();
    assert!(refusal.contains("another muster"), "{refusal}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_was_killed_recovers_what_was_committed() {
    let directory = tempfile::tempdir().unwrap();
    let server = EmbeddedPostgres::start(&settings(&directory))
        .await
        .unwrap();
    let mut connection = connect(&server.url()).await;
    sqlx::raw_sql("create table kept (); ")
        .execute(&mut connection)
        .await
        .unwrap();
    kill(server_process(&directory), Signal::SIGKILL).unwrap();
    drop(server);

    let server = EmbeddedPostgres::start(&settings(&directory))
        .await
        .unwrap();
    let mut connection = connect(&server.url()).await;
    sqlx::query("select from kept")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_supervised_server_that_is_killed_is_there_again_at_the_same_address() {
    let directory = tempfile::tempdir().unwrap();
    let server = EmbeddedPostgres::start(&settings(&directory))
        .await
        .unwrap();
    let url = server.url();
    let mut connection = connect(&url).await;
    sqlx::raw_sql("create table kept (); ")
        .execute(&mut connection)
        .await
        .unwrap();
    let killed = server_process(&directory);
    kill(killed, Signal::SIGKILL).unwrap();
    // Supervised to the end: a start that nobody waits for any more is taken back.
    let there_again = async {
        let mut connection = loop {
            // The killed one's socket is closed before it is gone, so whoever answers is another.
            match PgConnection::connect(url.expose_secret()).await {
                Ok(connection) if server_process(&directory) != killed => break connection,
                Ok(_) | Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        };
        sqlx::query("select from kept")
            .fetch_all(&mut connection)
            .await
    };
    tokio::select! {
        error = server.supervise() => panic!("{error:#}"),
        kept = there_again => kept.unwrap(),
    };
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_cannot_be_started_again_is_given_up() {
    let directory = tempfile::tempdir().unwrap();
    let server = EmbeddedPostgres::start(&settings(&directory))
        .await
        .unwrap();
    std::fs::remove_file(directory.path().join("postgres/cluster/global/pg_control")).unwrap();
    kill(server_process(&directory), Signal::SIGKILL).unwrap();
    let reason = server.supervise().await.to_string();
    assert!(reason.contains("ended 5 times"), "{reason}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_stale_process_number_that_now_belongs_to_another_program_does_not_stop_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let server = EmbeddedPostgres::start(&settings(&directory))
        .await
        .unwrap();
    server.stop().await.unwrap();
    let file = directory.path().join("postgres/cluster/postmaster.pid");
    let here = directory.path().display();
    std::fs::write(
        file,
        format!(
            "{}\n{here}\n0\n5432\n\n127.0.0.1\n\nready\n",
            std::process::id()
        ),
    )
    .unwrap();

    let server = EmbeddedPostgres::start(&settings(&directory))
        .await
        .unwrap();
    connect(&server.url()).await.ping().await.unwrap();
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_throw_away_server_flushes_nothing_and_ends_with_its_owner() {
    let directory = tempfile::tempdir().unwrap();
    let server = EmbeddedPostgres::ephemeral(directory.path()).await.unwrap();
    let mut connection = connect(&server.database_url("postgres")).await;
    assert_eq!(setting(&mut connection, "fsync").await, "off");
    let process = server_process(&directory);
    drop(server);
    assert!(kill(process, None).is_err());
}
