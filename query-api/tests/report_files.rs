//! Reports and exports as files, and what a teacher finds in them.

use domain::SessionKey;
use serde_json::json;

use crate::client::Answer;
use crate::schools::{SCHOOL, Schools, Who, id};

const CSV: [(&str, &str); 1] = [("Accept", "text/csv")];
const RATES: &str = "marked,present,absent,late,excused,attendance_rate,present_rate";
const ROSTER_RATES: &str =
    "roster,marked,unmarked,present,absent,late,excused,attendance_rate,present_rate";

async fn csv_of(schools: &Schools, path: &str) -> Answer {
    let csv = schools.get_with(Who::Office, path, &CSV).await;
    assert_eq!(csv.status, 200, "{}", csv.text());
    assert_eq!(
        csv.header("content-type"),
        Some("text/csv; charset=utf-8; header=present")
    );
    csv
}

#[actix_web::test]
async fn every_report_is_a_file_with_columns_that_stay() {
    Schools::with(async |schools| {
        let (class, student) = (id(0x21), id(0x31));
        let days = "from=2026-11-01&to=2026-11-24";
        let entries = "class,slot,student,admission_number,status,effective_status,minutes_late,category,marked_by,class_id,student_id,session_id,subject_id,exception_id";
        for (path, columns, name) in [
            (format!("class-report?class_id={class}&{days}"), format!("student_id,student,admission_number,minutes_late,{ROSTER_RATES}"), "class-report-2026-11-01-2026-11-24.csv"),
            (format!("student-rate?student_id={student}&{days}"), format!("of,student_id,student,from,to,policy_version,subject,{RATES},enrolled_days,untaken_days,absent_days"), "student-rate-2026-11-01-2026-11-24.csv"),
            ("absentees".to_owned(), entries.to_owned(), "absentees-2026-11-24.csv"),
            ("late-arrivals".to_owned(), entries.to_owned(), "late-arrivals-2026-11-24.csv"),
            ("missing-registers".to_owned(), "class,slot,state,teachers,last_contact_at,class_id,session_id".to_owned(), "missing-registers-2026-11-24.csv"),
            ("chronic-absence".to_owned(), "student_id,student,admission_number,classes,enrolled_days,untaken_days,absent_days,absence_rate,tier,chronic".to_owned(), "chronic-absence-2026-08-31-2026-11-27.csv"),
            ("consecutive-absences".to_owned(), "student_id,student,admission_number,days,since,until".to_owned(), "consecutive-absences-2026-11-24.csv"),
            (format!("trend?by=week&{days}"), format!("period_start,group_id,group,registers,{RATES}"), "trend-by-week-2026-11-01-2026-11-24.csv"),
            ("day".to_owned(), format!("date,policy_version,class_id,class,registers,{ROSTER_RATES}"), "day-2026-11-24.csv"),
        ] {
            let csv = csv_of(schools, &format!("/reports/{path}")).await;
            assert_eq!(csv.text().lines().next(), Some(columns.as_str()), "{path}");
            let disposition = format!("attachment; filename=\"{name}\"");
            assert_eq!(csv.header("content-disposition"), Some(disposition.as_str()), "{path}");
            let with_mark = if path.contains('?') { format!("{path}&bom=true") } else { format!("{path}?bom=true") };
            let marked = csv_of(schools, &format!("/reports/{with_mark}")).await;
            assert_eq!(marked.text(), format!("\u{feff}{}", csv.text()), "{path}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_class_report_as_a_file_has_a_line_a_student() {
    Schools::with(async |schools| {
        let path = format!(
            "/reports/class-report?class_id={}&from=2026-11-01&to=2026-11-24",
            id(0x21)
        );
        let csv = csv_of(schools, &path).await;
        let lines: Vec<&str> = csv.text().lines().skip(1).collect();
        assert_eq!(
            lines,
            [
                format!("{},Farida Ali,A5,0,1,0,1,0,0,0,0,,", id(0x35)),
                format!("{},Dalila Juma,A4,0,2,1,1,1,0,0,0,100.00,100.00", id(0x34)),
                format!("{},Baraka Kamau,A2,0,2,1,1,0,0,0,1,,0.00", id(0x32)),
                format!(
                    "{},Achieng Odhiambo,A1,0,2,1,1,1,0,0,0,100.00,100.00",
                    id(0x31)
                ),
                format!("{},Chebet Rono,,7,2,1,1,0,0,1,0,100.00,0.00", id(0x33)),
            ]
        );
    })
    .await;
}

#[actix_web::test]
async fn a_register_is_a_grid_of_students_and_registers() {
    Schools::with(async |schools| {
        let path = format!(
            "/exports/register.csv?class_id={}&from=2026-11-01&to=2026-11-24",
            id(0x21)
        );
        let csv = schools.get(Who::Office, &path).await;
        assert_eq!(
            csv.text(),
            "admission_number,student,merged_into,2026-11-05,2026-11-24\r\n\
             A5,Farida Ali,,,–\r\n\
             A4,Dalila Juma,,–,P\r\n\
             A2,Baraka Kamau,,–,E\r\n\
             A1,Achieng Odhiambo,,–,P\r\n\
             ,Chebet Rono,,–,L\r\n"
        );
        assert_eq!(
            csv.header("content-disposition"),
            Some("attachment; filename=\"register-2026-11-01-2026-11-24.csv\"")
        );
        let maths = format!("/exports/register.csv?class_id={}&bom=true", id(0x22));
        let maths = schools.get(Who::Auditor, &maths).await;
        assert_eq!(
            maths.text(),
            "\u{feff}admission_number,student,merged_into,2026-11-24 am\r\nB6,Gitau Njoroge,,P\r\n"
        );
        let nothing = format!(
            "/exports/register.csv?class_id={}&from=2026-09-01&to=2026-09-02",
            id(0x21)
        );
        let nothing = schools.get(Who::Office, &nothing).await;
        assert_eq!(nothing.text(), "admission_number,student,merged_into\r\n");
    })
    .await;
}

#[actix_web::test]
async fn a_register_of_many_students_is_read_a_few_at_a_time_and_is_whole() {
    Schools::with(async |schools| {
        schools
            .run(
                "insert into students (school_id, student_id, sourced_id, name, sort_name)
                 select '10000000-0000-0000-0000-000000000001', ('30000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid,
                     n::text, '=Student ' || n, 'z' || lpad(n::text, 3, '0') from generate_series(1, 120) n;
                 insert into read.enrolment_periods
                 select school_id, '10000000-0000-0000-0000-000000000021', student_id, '2026-11-24', null
                 from students where name like '=Student%'",
            )
            .await;
        let path = format!("/exports/register.csv?class_id={}&from=2026-11-24&to=2026-11-24", id(0x21));
        let csv = schools.get(Who::Office, &path).await;
        let lines: Vec<&str> = csv.text().lines().collect();
        assert_eq!(lines.len(), 1 + 5 + 120);
        assert_eq!((lines[6], lines[125]), (",'=Student 1,,–", ",'=Student 120,,–"));
    })
    .await;
}

#[actix_web::test]
async fn a_summary_of_days_has_a_line_for_each_class_and_day() {
    Schools::with(async |schools| {
        let csv = schools
            .get(Who::Office, "/exports/summary.csv?from=2026-11-01&to=2026-11-24")
            .await;
        let (east, maths) = (id(0x21), id(0x22));
        assert_eq!(
            csv.text(),
            format!(
                "date,class_id,class,registers,policy_version,{ROSTER_RATES}\r\n\
                 2026-11-05,{east},1 East,1,2,4,0,4,0,0,0,0,,\r\n\
                 2026-11-24,{east},1 East,1,2,5,4,1,2,0,1,1,100.00,50.00\r\n\
                 2026-11-24,{maths},2 Maths,1,2,1,1,0,1,0,0,0,100.00,100.00\r\n"
            )
        );
        schools
            .run(
                "insert into read.register_sessions (school_id, session_id, class_id, date, status, void, changed_epoch,
                     changed_transaction_id, changed_position)
                 select '10000000-0000-0000-0000-000000000001', gen_random_uuid(), '10000000-0000-0000-0000-000000000022',
                     date '2026-09-01' + n, 'open', false, 1, '801', n from generate_series(0, 24) n",
            )
            .await;
        let whole = schools.get(Who::Office, "/exports/summary.csv").await;
        assert_eq!(whole.text().lines().count(), 1 + 25 + 3, "{}", whole.text());
    })
    .await;
}

#[actix_web::test]
async fn a_teacher_finds_the_registers_of_the_days_they_taught() {
    Schools::with(async |schools| {
        let class = id(0x21);
        let days = format!("class_id={class}&from=2026-11-01&to=2026-11-24");
        let of = async |who| {
            let path = format!("/reports/class-report?{days}");
            schools.get(who, &path).await.ok()["registers"].clone()
        };
        assert_eq!(of(Who::Amina).await, json!(2));
        assert_eq!(
            of(Who::Brian).await,
            json!(1),
            "until the first week of November was over"
        );
        let grid = schools
            .get(Who::Brian, &format!("/exports/register.csv?{days}"))
            .await;
        assert_eq!(
            grid.text().lines().next(),
            Some("admission_number,student,merged_into,2026-11-05")
        );
        assert!(!grid.text().contains("Farida"), "who came later");

        for report in ["absentees", "late-arrivals"] {
            let count = async |who| {
                let list = schools.get(who, &format!("/reports/{report}")).await.ok();
                list["items"].as_array().unwrap().len()
            };
            assert_eq!(count(Who::Amina).await, 1, "{report}");
            assert_eq!(count(Who::Brian).await, 0, "{report}");
            let path = format!("/reports/{report}?class_id={class}");
            let refused = schools.get(Who::Brian, &path).await;
            assert_eq!(
                refused.problem(),
                (403, "forbidden-class".to_owned()),
                "{report}"
            );
        }
    })
    .await;
}

#[actix_web::test]
async fn an_absence_is_explained_by_the_exception_that_covers_it() {
    Schools::with(async |schools| {
        let list = schools.get(Who::Office, "/reports/absentees").await.ok();
        assert_eq!(
            list["items"],
            json!([{
                "student_id": id(0x32), "name": "Baraka Kamau", "admission_number": "A2", "class_id": id(0x21),
                "class_title": "1 East", "session_id": id(0x61), "subject_id": null, "slot": null, "status": "absent",
                "effective_status": "excused", "minutes_late": null, "exception_id": id(0x71), "category": "medical",
                "marked_by": {"id": id(0x11), "name": "Amina Otieno"},
            }])
        );
        for (explained, items) in [("true", 1), ("false", 0)] {
            let path = format!("/reports/absentees?explained={explained}");
            let found = schools.get(Who::Office, &path).await.ok();
            assert_eq!(found["items"].as_array().unwrap().len(), items, "{explained}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_register_that_a_device_still_holds_is_not_received_and_otherwise_not_taken() {
    Schools::with(async |schools| {
        let key = SessionKey {
            class_id: id(0x22).into(),
            date: "2026-11-24".parse().unwrap(),
            subject_id: None,
            slot: None,
        };
        let session = key.session_id(SCHOOL.into());
        let expected = |state: &str, at: Option<&str>| {
            json!([{
                "class_id": id(0x22), "class_title": "2 Maths", "slot": null, "state": state,
                "teachers": [{"id": id(0x12), "name": "Brian Mutua"}], "last_contact_at": at, "session_id": session,
            }])
        };
        let missing = async || schools.get(Who::Office, "/reports/missing-registers").await.ok()["items"].clone();
        assert_eq!(missing().await, expected("not_taken", None));

        let device = id(0xd1);
        schools
            .run(&format!(
                "insert into devices (school_id, device_id, user_id, app_version, last_contact_at, unsent, oldest_unsent_at)
                 values ('{SCHOOL}', '{device}', '{}', '1.2', '2026-11-24T05:30:00Z', 3, '2026-11-24T05:00:00Z')",
                id(0x12)
            ))
            .await;
        let at = Some("2026-11-24T05:30:00.000Z");
        assert_eq!(missing().await, expected("not_taken", at));
        schools
            .run(&format!("update devices set unsent_sessions = '{{{session}}}'"))
            .await;
        assert_eq!(missing().await, expected("not_received", at));
        let void = format!(
            "insert into read.register_sessions (school_id, session_id, class_id, date, status, void, changed_epoch,
                 changed_transaction_id, changed_position)
             values ('{SCHOOL}', '{session}', '{}', '2026-11-24', 'open', true, 1, '801', 1)",
            id(0x22)
        );
        schools.run(&void).await;
        assert_eq!(missing().await, json!([]), "what is void is expected no more");
    })
    .await;
}

#[actix_web::test]
async fn devices_are_listed_with_what_they_said_last() {
    Schools::with(async |schools| {
        let (device, user) = (id(0xd1), id(0x12));
        schools
            .run(&format!(
                "insert into devices (school_id, device_id, user_id, app_version, last_contact_at, unsent, oldest_unsent_at)
                 values ('{SCHOOL}', '{device}', '{user}', '1.2', '2026-11-24T05:30:00Z', 3, '2026-11-24T05:00:00Z')"
            ))
            .await;
        let list = schools.get(Who::Auditor, "/devices").await.ok();
        assert_eq!(
            list["items"],
            json!([{
                "device_id": device, "user": {"id": user, "name": "Brian Mutua"}, "app_version": "1.2",
                "last_contact_at": "2026-11-24T05:30:00.000Z", "unsent": 3,
                "oldest_unsent_at": "2026-11-24T05:00:00.000Z",
            }])
        );
        let csv = csv_of(schools, "/devices").await;
        assert_eq!(
            csv.text(),
            format!(
                "device_id,user_id,user,app_version,last_contact_at,unsent,oldest_unsent_at\r\n\
                 {device},{user},Brian Mutua,1.2,2026-11-24T05:30:00.000Z,3,2026-11-24T05:00:00.000Z\r\n"
            )
        );
        let refusals = csv_of(schools, "/refusals").await;
        assert!(refusals.text().starts_with("refused_at,type,detail,"));
    })
    .await;
}

#[actix_web::test]
async fn an_old_report_can_be_counted_under_the_old_policy_and_under_a_new_one() {
    Schools::with(async |schools| {
        schools
            .run(&format!(
                "insert into policies (school_id, version, valid_from, late_counts) values ('{SCHOOL}', 3, '2026-11-24', 'absent')"
            ))
            .await;
        let rate = async |query: &str| {
            let path = format!("/reports/class-report?class_id={}&from=2026-11-24&{query}", id(0x21));
            let report = schools.get(Who::Office, &path).await.ok();
            (report["policy_version"].clone(), report["totals"]["attendance_rate"].clone())
        };
        // Two present and one late; whoever is excused counts for neither side.
        assert_eq!(rate("to=2026-11-24").await, (json!(3), json!("66.67")));
        assert_eq!(rate("to=2026-11-24&policy_version=2").await, (json!(2), json!("100.00")));
        let path = format!("/reports/class-report?class_id={}&from=2026-11-05&to=2026-11-23", id(0x21));
        let before = schools.get(Who::Office, &path).await.ok();
        assert_eq!(before["policy_version"], json!(2), "a version that came later changes no old day");
        let unknown = format!("/reports/class-report?class_id={}&policy_version=9", id(0x21));
        let unknown = schools.get(Who::Office, &unknown).await;
        assert_eq!(unknown.problem(), (422, "invalid-field".to_owned()));
        assert_eq!(unknown.faults(), ["/policy_version"]);
    })
    .await;
}

#[actix_web::test]
async fn a_report_of_a_term_or_days_that_make_no_sense_is_refused() {
    Schools::with(async |schools| {
        let (student, term) = (id(0x31), id(0x42));
        for (path, fault) in [
            (
                format!("student-rate?student_id={student}&term_id={term}&from=2026-11-01"),
                "/term_id",
            ),
            ("student-rate".to_owned(), "/student_id"),
            ("consecutive-absences?days=0".to_owned(), "/days"),
            ("consecutive-absences?days=many".to_owned(), "/days"),
            ("trend?by=year".to_owned(), "/by"),
            ("trend?group=teacher".to_owned(), "/group"),
            ("trend?from=2026-11-02&to=2026-11-01".to_owned(), "/to"),
            ("absentees?explained=maybe".to_owned(), "/explained"),
            ("day?policy_version=x".to_owned(), "/policy_version"),
        ] {
            let answer = schools.get(Who::Office, &format!("/reports/{path}")).await;
            assert_eq!(
                answer.problem(),
                (422, "invalid-field".to_owned()),
                "{path}"
            );
            assert_eq!(answer.faults(), [fault], "{path}");
        }
        let of_others = schools
            .get(
                Who::OtherOffice,
                &format!("/reports/chronic-absence?term_id={term}"),
            )
            .await;
        assert_eq!(of_others.problem(), (404, "not-found".to_owned()));
    })
    .await;
}
