//! Who may read and write the read tables.

use domain::{SchoolId, Status};
use platform::database::Database;
use projections::{Projection, rebuild, step_all};

use crate::history::{day, id, key, mark, school, told};
use crate::scratch::{READ_TABLES, Store};

async fn entries_seen(db: &Database, school_id: SchoolId) -> i64 {
    let mut transaction = db.read_school(school_id.as_uuid()).await.unwrap();
    sqlx::query_scalar("select count(*) from register_entries")
        .fetch_one(&mut *transaction)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_query_that_forgets_the_school_sees_its_own_schools_rows_only_before_and_after_a_rebuild()
{
    let store = Store::new().await;
    let session = key(1, day(24), None);
    let neighbour = id(0x5C01);
    store
        .tell(school(), &[told(1, mark(&session, 7, Status::Present))])
        .await;
    step_all(&store.worker).await.unwrap();
    for _ in 0..2 {
        assert_eq!(entries_seen(&store.app, school()).await, 1);
        assert_eq!(entries_seen(&store.app, neighbour).await, 0);
        let without_school: i64 = sqlx::query_scalar("select count(*) from register_entries")
            .fetch_one(store.app.pool())
            .await
            .unwrap();
        assert_eq!(without_school, 0);
        rebuild(&store.worker, Projection::Attendance)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn those_who_serve_requests_cannot_write_read_tables() {
    let store = Store::new().await;
    for table in READ_TABLES {
        let mut transaction = store.app.school(school().as_uuid()).await.unwrap();
        let refused = sqlx::raw_sql(&format!("delete from {table}"))
            .execute(&mut *transaction)
            .await
            .unwrap_err();
        let code = refused.as_database_error().and_then(|error| error.code());
        assert_eq!(code.as_deref(), Some("42501"), "{table}: {refused}");
    }
}

#[tokio::test]
async fn every_read_table_starts_its_key_with_the_school_and_is_walled() {
    let store = Store::new().await;
    let walled =
        "select count(*) from pg_class c join pg_index i on i.indrelid = c.oid and i.indisprimary
        join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where c.relnamespace = 'read'::regnamespace and c.relrowsecurity and a.attname = 'school_id'
          and pg_get_userbyid(c.relowner) = 'muster_worker'";
    let tables =
        "select count(*) from pg_class where relnamespace = 'read'::regnamespace and relkind = 'r'";
    assert_eq!(store.number(walled).await, store.number(tables).await);
    assert_eq!(
        store.number(tables).await,
        i64::try_from(READ_TABLES.len()).unwrap()
    );
}
