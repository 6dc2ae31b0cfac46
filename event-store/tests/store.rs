//! Which store this is.

use std::collections::HashMap;

use chrono::TimeDelta;
use event_store::store::{self, ClusterError, StoreKind};
use event_store::{append, database_clock};
use sqlx::{Connection, PgConnection};

use crate::database::{TestDatabase, execute};
use crate::samples::{commit, morning, opened, school};

#[tokio::test]
async fn a_new_store_is_in_production_at_its_first_epoch() {
    TestDatabase::with(async |database| {
        let mut app = database.app_without_school().await;
        let identity = store::identity(&mut app).await.unwrap();
        assert_eq!((identity.epoch, identity.kind), (1, StoreKind::Production));
        assert_eq!(identity.to_string(), format!("{}.1", identity.store_id));
    })
    .await;
}

#[tokio::test]
async fn a_store_can_be_marked_as_a_demo() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        store::mark_kind(&mut owner, StoreKind::Demo).await.unwrap();
        assert_eq!(
            store::identity(&mut owner).await.unwrap().kind,
            StoreKind::Demo
        );
    })
    .await;
}

#[tokio::test]
async fn a_store_in_its_own_cluster_may_start() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        store::check_cluster(&mut owner).await.unwrap();
        commit(&mut owner, school(1), &[opened(school(1), 1, 1)])
            .await
            .unwrap();
        store::check_cluster(&mut owner).await.unwrap();
        store::check_cluster(&mut database.worker().await)
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_role_that_sees_no_events_does_not_call_the_cluster_good() {
    TestDatabase::with(async |database| {
        let mut app = database.app(school(1)).await;
        let checked = store::check_cluster(&mut app).await;
        let Err(ClusterError::RoleSeesTooLittle(hidden)) = checked else {
            panic!("{checked:?}");
        };
        assert_eq!(hidden.role, "muster_app");
    })
    .await;
}

#[tokio::test]
async fn a_reseat_raises_the_epoch_of_new_events_and_touches_no_old_one() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        let old = commit(&mut owner, school(1), &[opened(school(1), 1, 1)])
            .await
            .unwrap();
        assert_eq!(store::reseat(&mut owner).await.unwrap(), 2);
        let new = commit(&mut owner, school(1), &[opened(school(1), 1, 2)])
            .await
            .unwrap();
        assert_eq!((old[0].position.epoch, new[0].position.epoch), (1, 2));
        let epochs: Vec<i32> = sqlx::query_scalar("select epoch from events order by sequence")
            .fetch_all(&mut owner)
            .await
            .unwrap();
        assert_eq!(epochs, [1, 2]);
    })
    .await;
}

#[tokio::test]
async fn a_store_from_another_cluster_is_refused_even_if_its_transaction_ids_fit() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        commit(&mut owner, school(1), &[opened(school(1), 1, 1)])
            .await
            .unwrap();
        store::check_cluster(&mut owner).await.unwrap();
        // As a dump says it that was made elsewhere.
        sqlx::raw_sql("update store set cluster = '7000000000000000001.1'")
            .execute(&mut owner)
            .await
            .unwrap();
        let refused = store::check_cluster(&mut owner).await.unwrap_err();
        assert!(matches!(refused, ClusterError::Moved { .. }), "{refused:?}");
        store::reseat(&mut owner).await.unwrap();
        store::check_cluster(&mut owner).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_application_cannot_reseat() {
    TestDatabase::with(async |database| {
        let mut app = database.app(school(1)).await;
        store::reseat(&mut app).await.unwrap_err();
        assert_eq!(store::identity(&mut app).await.unwrap().epoch, 1);
    })
    .await;
}

#[tokio::test]
async fn the_newest_recorded_time_is_that_of_any_school() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        assert_eq!(store::newest_recorded_at(&mut owner).await.unwrap(), None);
        let now = database_clock(&mut owner).await.unwrap();
        for (number, hours) in [(1, 3), (2, 2), (1, 1)] {
            let school = school(number);
            let recorded_at = now - TimeDelta::hours(hours);
            let class = u32::try_from(hours).unwrap();
            let events = [opened(school, class, u128::from(class))];
            append(&mut owner, school, recorded_at, &HashMap::new(), &events)
                .await
                .unwrap();
        }
        // The application asks before it knows a school.
        for mut connection in [
            database.worker().await,
            database.app_without_school().await,
            database.app(school(2)).await,
        ] {
            let newest = store::newest_recorded_at(&mut connection).await.unwrap();
            assert_eq!(newest, Some(now - TimeDelta::hours(1)));
        }
    })
    .await;
}

#[tokio::test]
async fn a_reseat_waits_for_an_append_that_is_under_way() {
    TestDatabase::with(async |database| {
        let mut writer = database.app(school(1)).await;
        let mut open = writer.begin().await.unwrap();
        let event = [opened(school(1), 1, 1)];
        let none = HashMap::new();
        append(&mut open, school(1), morning(), &none, &event)
            .await
            .unwrap();

        let mut owner = database.owner().await;
        let mut watcher = database.owner().await;
        let reseat = tokio::spawn(async move { store::reseat(&mut owner).await });
        wait_for_a_lock(&mut watcher).await;
        assert_eq!(store::identity(&mut watcher).await.unwrap().epoch, 1);
        open.commit().await.unwrap();
        assert_eq!(reseat.await.unwrap().unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_append_that_waited_for_a_reseat_is_of_the_new_epoch() {
    TestDatabase::with(async |database| {
        let mut writer = database.app(school(1)).await;
        // The statement is prepared by now, so the next one waits with a plan that is made.
        commit(&mut writer, school(1), &[opened(school(1), 1, 1)])
            .await
            .unwrap();
        let mut owner = database.owner().await;
        let mut hold = owner.begin().await.unwrap();
        execute(&mut hold, "lock table events in share row exclusive mode").await;
        execute(&mut hold, "update store set epoch = epoch + 1").await;

        let append = tokio::spawn(async move {
            commit(&mut writer, school(1), &[opened(school(1), 2, 2)]).await
        });
        wait_for_a_lock(&mut database.owner().await).await;
        hold.commit().await.unwrap();
        let appended = append.await.unwrap().unwrap();
        assert_eq!(appended[0].position.epoch, 2);
    })
    .await;
}

/// Returns when a session of this database waits for the lock on the events.
async fn wait_for_a_lock(watcher: &mut PgConnection) {
    let mut is_waiting = false;
    while !is_waiting {
        is_waiting = sqlx::query_scalar(
            "select exists (select from pg_locks where not granted and relation = 'events'::regclass)",
        )
        .fetch_one(&mut *watcher)
        .await
        .unwrap();
    }
}
