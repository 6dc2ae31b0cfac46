//! `GET /changes` where much has changed. The rest of it is in the system tests, with events.

use reqwest::Response;

use crate::schools::{Schools, Who};

/// Before the registers that the tests add, behind all others.
const LAST: [(&str, &str); 1] = [("Last-Event-ID", "1-320-1a")];

/// Adds this many registers, and moves the cursor, as the worker does.
async fn add_registers(schools: &Schools, many: u16, position: &str) {
    schools
        .run(&format!(
            "insert into read.register_sessions (school_id, session_id, class_id, date, status, void, changed_epoch,
                 changed_transaction_id, changed_position)
             select '10000000-0000-0000-0000-000000000001', gen_random_uuid(), '10000000-0000-0000-0000-000000000021',
                 date '2026-01-01' + number, 'open', false, 1, '801', {position}
             from generate_series(1, {many}) number;
             update projection_cursors set position = position"
        ))
        .await;
}

/// Reads on until `heard` ends with this.
async fn hear_until(stream: &mut Response, heard: &mut String, end: &str) {
    while !heard.ends_with(end) {
        let chunk = stream.chunk().await.unwrap().unwrap();
        heard.push_str(std::str::from_utf8(&chunk).unwrap());
    }
}

#[actix_web::test]
async fn whoever_missed_many_changes_hears_each_of_them_in_their_order() {
    Schools::with(async |schools| {
        add_registers(schools, 450, "number").await;
        let mut stream = schools.listen(Who::Office, &LAST).await;
        let mut heard = String::new();
        let last = "\"changed_position\":\"1-321-1c2\",\"reason\":\"changed\"}\n\n";
        hear_until(&mut stream, &mut heard, last).await;
        let ids: Vec<&str> = heard
            .lines()
            .filter_map(|line| line.strip_prefix("id: "))
            .collect();
        let mut expected = vec!["1-320-1a".to_owned()];
        expected.extend((1..=450).map(|number| format!("1-321-{number:x}")));
        assert_eq!(ids, expected);
    })
    .await;
}

#[actix_web::test]
async fn more_changes_at_one_place_than_anybody_would_follow_are_a_reset() {
    Schools::with(async |schools| {
        let mut live = schools.listen(Who::Office, &[]).await;
        let mut heard = String::new();
        hear_until(&mut live, &mut heard, "{\"reason\":\"started\"}\n\n").await;
        add_registers(schools, 1_001, "7").await;
        let reset = "id: 1-321-7\nevent: reset\ndata: {\"reason\":\"too-much\"}\n\n";
        hear_until(&mut live, &mut heard, reset).await;

        let mut resumed = schools.listen(Who::Amina, &LAST).await;
        let mut heard = String::new();
        hear_until(&mut resumed, &mut heard, reset).await;
        assert_eq!(
            heard,
            format!("id: 1-320-1a\nevent: hello\ndata: {{\"reason\":\"resumed\"}}\n\n{reset}")
        );
    })
    .await;
}
