//! What the statements read that run often or on large tables, whatever the planner thinks of the parameters.

use crate::schools::{SCHOOL, Schools, Who, id};

/// A year of a school: forty classes, two hundred days, ten students each, all enrolled before the first register.
async fn fill(schools: &Schools) {
    schools
        .run(
            "insert into read.register_sessions (school_id, session_id, class_id, date, status, void, present,
                 changed_epoch, changed_transaction_id, changed_position)
             select '10000000-0000-0000-0000-000000000001', gen_random_uuid(),
                 case class when 0 then '10000000-0000-0000-0000-000000000022'
                     else ('10000000-0000-0000-0001-' || lpad(class::text, 12, '0'))::uuid end,
                 date '2026-01-01' + day, 'closed', false, 10, 1, (1000 + day)::text::xid8, day * 40 + class
             from generate_series(0, 199) day, generate_series(0, 39) class;
             insert into read.register_entries (school_id, session_id, student_id, class_id, date, status,
                 effective_status, occurred_at, recorded_at, marked_by, command_id, corrected, void)
             select school_id, session_id, ('10000000-0000-0000-0002-' || lpad(student::text, 12, '0'))::uuid, class_id,
                 date, 'present', 'present', now(), now(), '10000000-0000-0000-0000-000000000011', gen_random_uuid(),
                 false, false
             from read.register_sessions, generate_series(0, 9) student;
             insert into events (school_id, aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
                 metadata, epoch, transaction_id, command_id, fingerprint, occurred_at, raw_occurred_at, recorded_at,
                 actor_id, hash)
             select school_id, 'attendance_session', session_id::text, number, 'attendance_marked', '1', '{}', '{}', 1,
                 changed_transaction_id, gen_random_uuid(), decode(repeat('cd', 32), 'hex'), now(), now(), now(),
                 '10000000-0000-0000-0000-000000000011', decode(repeat('ab', 32), 'hex')
             from read.register_sessions, generate_series(1, 3) number;
             insert into read.roster_changes (school_id, class_id, student_id, command_id, from_date, on_roster, change,
                 changed_by, recorded_at)
             select r.school_id, r.class_id, ('10000000-0000-0000-0002-' || lpad(student::text, 12, '0'))::uuid,
                 gen_random_uuid(), '2026-01-01', true, 'enrolled', '10000000-0000-0000-0000-000000000013', '2026-01-01'
             from (select distinct school_id, class_id from read.register_sessions) r, generate_series(0, 9) student;
             analyze",
        )
        .await;
}

#[actix_web::test]
async fn what_changed_is_read_from_the_order_of_the_changes() {
    Schools::with(async |schools| {
        fill(schools).await;
        let path = "/sessions?changed_after=1-4ae-1f00";
        schools.get(Who::Amina, path).await.ok();
        let amina = id(0x11);
        for teacher in ["null".to_owned(), format!("'{amina}'")] {
            let arguments = format!(
                "'{SCHOOL}', {teacher}, false, null, null, null, null, 1, '1198', 7936, '{}', 101",
                uuid::Uuid::max()
            );
            let text = "%from register_sessions r%order by r.changed_epoch%";
            for plan in schools.plans(text, &arguments).await {
                let scan = scan_of(&plan, "register_sessions r");
                assert!(plan.contains("register_sessions_changed_idx"), "{plan}");
                assert!(
                    scan[1].contains("changed_position, session_id) > ROW("),
                    "{plan}"
                );
                // A plan for any parameters takes so little to be found that it sorts; it costs more, so it is not chosen.
                let sorts = plan.starts_with("force_generic_plan");
                assert!(sorts || !plan.contains("Sort"), "{plan}");
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn what_listeners_missed_is_read_from_the_order_of_the_changes() {
    Schools::with(async |schools| {
        fill(schools).await;
        let headers = [("Last-Event-ID", "1-4ae-1f00")];
        let mut resumed = schools.listen(Who::Office, &headers).await;
        let mut heard = String::new();
        while !heard.contains("id: 1-4af-1f3f\ndata: ") {
            let chunk = resumed.chunk().await.unwrap().unwrap();
            heard.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        let arguments = format!("'{SCHOOL}', 1, '1198', 7936, 200, 1001");
        for plan in schools.plans("%rows with ties%", &arguments).await {
            let scan = scan_of(&plan, "register_sessions r");
            assert!(plan.contains("register_sessions_changed_idx"), "{plan}");
            assert!(scan[1].contains("changed_position) > ROW("), "{plan}");
            // As above.
            let sorts = plan.starts_with("force_generic_plan");
            assert!(sorts || !plan.contains("Sort"), "{plan}");
        }
    })
    .await;
}

#[actix_web::test]
async fn enrolments_from_before_a_register_was_closed_are_not_looked_at_for_conflicts() {
    Schools::with(async |schools| {
        fill(schools).await;
        schools.get(Who::Office, "/reports/conflicts").await.ok();
        let nothing = uuid::Uuid::nil();
        let amina = id(0x11);
        for teacher in ["null".to_owned(), format!("'{amina}'")] {
            let arguments = format!(
                "'{SCHOOL}', {teacher}, '2026-01-01', '2026-12-31', '2026-01-01', '{nothing}', '{nothing}', 101"
            );
            for plan in schools.plans("%from roster_changes x%", &arguments).await {
                let by = "(class_id = g.class_id) AND (recorded_at > g.closed_at))";
                let mut below = plan.lines().skip_while(|line| !line.contains("roster_changes_recorded_idx"));
                assert!(below.nth(1).is_some_and(|line| line.contains("Index Cond") && line.ends_with(by)), "{plan}");
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn the_days_of_a_file_are_read_from_the_order_of_the_days() {
    Schools::with(async |schools| {
        fill(schools).await;
        let file = schools
            .get(Who::Office, "/exports/records.csv?date=2026-03-02")
            .await;
        assert_eq!(file.status, 200);
        let of_days =
            |days: &str| format!("'{SCHOOL}', {days}, null, null, null, null, null, null, null");
        let ahead = of_days("'2026-03-02', '9999-12-31'") + ", 501";
        for (text, arguments) in [
            ("%max(r.date)%", ahead),
            ("%left join users u%", of_days("'2026-03-02', '2026-03-04'")),
        ] {
            for plan in schools.plans(text, &arguments).await {
                // As a bitmap or not, depending on the sample that the planner's statistics were made of.
                assert!(plan.contains("register_entries_date_idx"), "{plan}");
                assert!(!plan.contains("Seq Scan on register_entries"), "{plan}");
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn a_teachers_records_are_read_from_their_classes() {
    Schools::with(async |schools| {
        fill(schools).await;
        schools.get(Who::Brian, "/records").await.ok();
        let nothing = uuid::Uuid::nil();
        let arguments = format!(
            "'{SCHOOL}', '0001-01-01', '9999-12-31', null, null, null, null, null, null, null, '0001-01-01', '{nothing}',
             '{nothing}', 101, '{}'",
            id(0x12)
        );
        let text = "%from staff_periods t cross join lateral%from register_entries r%";
        for plan in schools.plans(text, &arguments).await {
            let scan = scan_of(&plan, "register_entries r");
            assert!(scan[0].contains("using register_entries_class_date_idx"), "{plan}");
            assert!(scan[1].contains("class_id = t.class_id"), "{plan}");
        }
    })
    .await;
}

#[actix_web::test]
async fn the_history_of_a_stream_is_read_from_the_stream() {
    Schools::with(async |schools| {
        fill(schools).await;
        let path = format!("/audit/events?stream={}", id(0x61));
        schools.get(Who::Auditor, &path).await.ok();
        let arguments = format!(
            "'{SCHOOL}', 0, '0', 0, 1, '999999999', null, null, null, null, null, null, null, 101,
             '{{attendance_session,attendance_exception,class_roll,school_policy,school_calendar,period_sign_off,student_alias}}', '{}'",
            id(0x61)
        );
        for plan in schools
            .plans("%from events%aggregate_id = $16%", &arguments)
            .await
        {
            let scan = scan_of(&plan, "events");
            assert!(scan[0].contains("events_pkey"), "{plan}");
            assert!(scan[1].contains("aggregate_id = "), "{plan}");
        }
    })
    .await;
}

#[actix_web::test]
async fn the_history_of_a_school_is_read_in_its_order() {
    Schools::with(async |schools| {
        fill(schools).await;
        schools.get(Who::Auditor, "/audit/events").await.ok();
        let arguments = format!(
            "'{SCHOOL}', 1, '1010', 1, 1, '999999999', null, null, null, null, null, null, null, 101"
        );
        let text = "%13::timestamptz is null or e.occurred_at < $13)%order by e.epoch%";
        for plan in schools.plans(text, &arguments).await {
            let scan = scan_of(&plan, "events e");
            assert!(plan.contains("events_school_feed_idx"), "{plan}");
            assert_eq!(scan[1].matches("ROW(epoch, transaction_id").count(), 2, "{plan}");
            // A plan for any parameters takes so little to be found that it sorts; it costs more, so it is not chosen.
            let sorts = plan.starts_with("force_generic_plan");
            assert!(sorts || !plan.contains("Sort"), "{plan}");
        }
    })
    .await;
}

#[actix_web::test]
async fn absences_in_a_row_are_read_from_the_newest_months() {
    Schools::with(async |schools| {
        fill(schools).await;
        schools
            .run(
                "insert into read.student_months (school_id, month, student_id, counted_days, attended_days)
                 select ('10000000-0000-0000-0000-' || lpad(school::text, 12, '0'))::uuid,
                     date '2022-01-01' + make_interval(months => month), gen_random_uuid(), 3, 1
                 from generate_series(1, 5) school, generate_series(0, 59) month, generate_series(1, 100) student;
                 analyze",
            )
            .await;
        let path = "/reports/consecutive-absences";
        schools.get(Who::Office, path).await.ok();
        let arguments = format!("'{SCHOOL}', '{{2026-03-01,2026-04-01}}', null");
        for plan in schools
            .plans("%from student_months%order by%", &arguments)
            .await
        {
            assert!(plan.contains("student_months_pkey"), "{plan}");
            assert!(!plan.contains("register_entries"), "{plan}");
        }
    })
    .await;
}

/// The line of a plan that reads the table, and the one below it, which says by what.
fn scan_of<'a>(plan: &'a str, table: &str) -> [&'a str; 2] {
    let mut lines = plan
        .lines()
        .skip_while(|line| !line.ends_with(&format!(" on {table}")));
    [lines.next(), lines.next()].map(|line| line.unwrap_or_else(|| panic!("{plan}")))
}
