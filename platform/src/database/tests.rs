use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::*;
use crate::scratch::Scratch;

async fn visible_schools(connection: impl sqlx::PgExecutor<'_>) -> Vec<Uuid> {
    sqlx::query_scalar!("select school_id from schools")
        .fetch_all(connection)
        .await
        .unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_query_that_forgets_the_school_returns_nothing(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let school_id = scratch.add_school().await;
    scratch.add_school().await;
    assert_eq!(visible_schools(scratch.owner.pool()).await.len(), 2);

    assert!(visible_schools(scratch.app.pool()).await.is_empty());
    let mut transaction = scratch.app.school(school_id).await.unwrap();
    assert_eq!(transaction.school_id(), school_id);
    assert_eq!(visible_schools(&mut *transaction).await, [school_id]);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_transaction_cannot_write_rows_of_another_school(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let (own, other) = (scratch.add_school().await, scratch.add_school().await);
    let mut transaction = scratch.app.school(own).await.unwrap();
    let changed = sqlx::query!(
        "update schools set name = 'taken over' where school_id = $1",
        other
    )
    .execute(&mut *transaction)
    .await
    .unwrap();
    assert_eq!(changed.rows_affected(), 0);
    let refused = sqlx::query!(
        "insert into policies (school_id, version) values ($1, 1)",
        other
    )
    .execute(&mut *transaction)
    .await
    .unwrap_err();
    let code = refused.as_database_error().unwrap().code().unwrap();
    assert_eq!(code, "42501", "insufficient privilege");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_transaction_given_up_while_it_begins_leaves_nothing_open(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let school_id = scratch.add_school().await;
    let app = scratch.connect_one(DatabaseRole::App).await;
    // Each given up a little later than the one before.
    for polls in 0..40 {
        let mut beginning = Box::pin(app.read_school(school_id));
        for _ in 0..polls {
            if futures::poll!(beginning.as_mut()).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(beginning);
        let (read_only, school) = sqlx::query_as::<_, (String, Option<Uuid>)>(
            "select current_setting('transaction_read_only'), current_school()",
        )
        .fetch_one(app.pool())
        .await
        .unwrap();
        assert_eq!((read_only.as_str(), school), ("off", None), "{polls}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_school_is_forgotten_when_its_transaction_ends(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let school_id = scratch.add_school().await;
    let url = SecretString::from(sqlx::ConnectOptions::to_url_lossy(&options).to_string());
    let single = Database::connect(&url, DatabaseRole::App, 1).await.unwrap();
    let transaction = single.school(school_id).await.unwrap();
    transaction.commit().await.unwrap();
    assert!(visible_schools(single.pool()).await.is_empty());
    drop(single.school(school_id).await.unwrap());
    assert!(visible_schools(single.pool()).await.is_empty());
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_not_committed_is_not_there(_: PgPoolOptions, options: PgConnectOptions) {
    let scratch = Scratch::new(&options).await;
    let school_id = scratch.add_school().await;
    let rename = async |commit: bool, name: &str| {
        let mut transaction = scratch.app.school(school_id).await.unwrap();
        sqlx::query!("update schools set name = $1", name)
            .execute(&mut *transaction)
            .await
            .unwrap();
        if commit {
            transaction.commit().await.unwrap();
        }
        sqlx::query_scalar!("select name from schools")
            .fetch_one(scratch.owner.pool())
            .await
            .unwrap()
    };
    assert_eq!(rename(false, "dropped").await, "Uhuru Primary");
    assert_eq!(rename(true, "kept").await, "kept");
}

#[sqlx::test(migrations = "../migrations")]
async fn nothing_can_be_written_in_a_reading_transaction(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let school_id = scratch.add_school().await;
    let mut transaction = scratch.app.read_school(school_id).await.unwrap();
    assert_eq!(visible_schools(&mut *transaction).await, [school_id]);
    let refused = sqlx::query!("update schools set name = 'changed'")
        .execute(&mut *transaction)
        .await
        .unwrap_err();
    let code = refused.as_database_error().unwrap().code().unwrap();
    assert_eq!(code, "25006", "read-only transaction");
}

#[sqlx::test(migrations = "../migrations")]
async fn the_roles_that_serve_are_neither_superuser_nor_owner(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    for role in [DatabaseRole::App, DatabaseRole::Worker] {
        let database = scratch.connect(role).await;
        let standing = database.standing().await.unwrap();
        assert_eq!(Some(standing.user.as_str()), role.name());
        assert!(standing.is_walled_in(), "{standing:?}");
        assert_eq!(database.role(), role);
    }
    assert!(!scratch.owner.standing().await.unwrap().is_walled_in());
}

#[sqlx::test(migrations = "../migrations")]
async fn every_connection_limits_how_long_it_may_hold_others_up(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    for role in [DatabaseRole::App, DatabaseRole::Worker, DatabaseRole::Owner] {
        let database = scratch.connect(role).await;
        let settings = sqlx::query!(
            r#"select current_setting('idle_in_transaction_session_timeout') as "idle!",
                      current_setting('lock_timeout') as "lock!",
                      current_setting('statement_timeout') as "statement!",
                      current_setting('search_path') as "path!",
                      current_setting('application_name') as "application!""#
        )
        .fetch_one(database.pool())
        .await
        .unwrap();
        assert_eq!(settings.idle, "5s");
        assert_ne!(settings.lock, "0");
        assert_eq!(settings.statement == "0", role == DatabaseRole::Owner);
        assert_eq!(settings.path, "public, read");
        assert!(settings.application.starts_with("muster "));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_connection_that_the_server_ended_is_not_handed_out_after_a_pause(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let url = SecretString::from(sqlx::ConnectOptions::to_url_lossy(&options).to_string());
    let single = Database::connect(&url, DatabaseRole::App, 1).await.unwrap();
    let backend = async || {
        sqlx::query_scalar!(r#"select pg_backend_pid() as "pid!""#)
            .fetch_one(single.pool())
            .await
    };
    let first = backend().await.unwrap();
    sqlx::query!("select pg_terminate_backend($1)", first)
        .fetch_one(scratch.owner.pool())
        .await
        .unwrap();
    // The first statement may still meet the dead connection; that one is then thrown away.
    let next = match backend().await {
        Ok(pid) => pid,
        Err(_) => backend().await.unwrap(),
    };
    assert_ne!(next, first);
}
