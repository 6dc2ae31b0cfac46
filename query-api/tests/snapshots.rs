//! Answers whose parts belong together although registers change while they are read.

use futures::join;
use serde_json::{Value, json};

use crate::database::run;
use crate::schools::{Schools, Who, id};

/// Baraka, absent and excused so far, comes after all: what the worker writes in one transaction.
const BARAKA_COMES: &str = "
    update read.register_entries set status = 'present', effective_status = 'present', exception_id = null
    where command_id::text like '10000000%82';
    update read.register_sessions set present = 3, excused = 0, changed_position = 27
    where session_id::text like '10000000%61'";

/// Asks while the rows change, just before the statement that reads `table` can run.
async fn ask_while_baraka_comes(schools: &Schools, path: &str, table: &str) -> Value {
    // Who may ask is remembered for a while, so that the next request does not stop at looking that up.
    schools.get(Who::Office, "/refusals").await.ok();
    let mut holder = schools.owner().await;
    run(&mut holder, &format!("begin; lock table {table}")).await;
    let asked = schools.get(Who::Office, path);
    let changed = async {
        schools.wait_until_one_waits_for_a_lock().await;
        run(&mut holder, BARAKA_COMES).await;
        run(&mut holder, "commit").await;
    };
    let (answer, ()) = join!(asked, changed);
    answer.ok()
}

#[actix_web::test]
async fn the_counts_of_a_register_are_those_of_its_students_although_a_mark_comes_in_between() {
    Schools::with(async |schools| {
        let path = format!("/sessions/{}", id(0x61));
        let register = ask_while_baraka_comes(schools, &path, "read.conflicts").await;
        assert_eq!(register["students"][2]["effective_status"], "present");
        assert_eq!(
            register["counts"],
            json!({"roster": 5, "marked": 4, "unmarked": 1, "present": 3, "absent": 0, "late": 1, "excused": 0})
        );
    })
    .await;
}

#[actix_web::test]
async fn the_marks_of_a_list_are_those_of_its_counts_although_one_comes_in_between() {
    Schools::with(async |schools| {
        let path = "/sessions?date=2026-11-24&include=marks";
        let list = ask_while_baraka_comes(schools, path, "users").await;
        let register = &list["items"][0];
        assert_eq!(register["marks"][1]["effective_status"], "present");
        assert_eq!(register["counts"]["present"], 3);
        assert_eq!(register["changed_position"], "1-320-1b");
    })
    .await;
}
