//! `/exports/records.csv`.

use std::collections::HashMap;

use serde_json::Value;

use crate::client::Answer;
use crate::schools::{Schools, Who, id};

const HEADER: &str = "date,slot,class,subject,admission_number,student,status,effective_status,minutes_late,remarks,\
    occurred_at,recorded_at,marked_by,exception\r\n";

#[actix_web::test]
async fn records_are_exported_with_names_in_them() {
    Schools::with(async |schools| {
        schools
            .put_text(
                id(0x33),
                "=bus, \"late\"",
                "update read.register_entries set remarks = $1 where command_id::text like '10000000%83'",
            )
            .await;
        let csv = schools.get(Who::Office, "/exports/records.csv?date=2026-11-24").await;
        assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
        assert_eq!(csv.header("content-disposition"), Some("attachment; filename=\"records-2026-11-24.csv\""));
        assert_eq!(csv.header("cache-control"), Some("no-store"));
        let exception = id(0x71);
        assert_eq!(
            csv.text(),
            format!(
                "{HEADER}\
                2026-11-24,,1 East,,A4,Dalila Juma,present,present,,,2026-11-24T05:04:00.000Z,2026-11-24T05:04:10.000Z,Amina Otieno,\r\n\
                2026-11-24,,1 East,,A2,Baraka Kamau,absent,excused,,,2026-11-24T05:02:00.000Z,2026-11-24T05:02:10.000Z,Amina Otieno,{exception}\r\n\
                2026-11-24,,1 East,,A1,Achieng Odhiambo,present,present,,,2026-11-24T05:01:00.000Z,2026-11-24T05:01:10.456Z,Amina Otieno,\r\n\
                2026-11-24,,1 East,,,Chebet Rono,late,late,7,\"'=bus, \"\"late\"\"\",2026-11-24T05:20:00.000Z,2026-11-24T05:20:10.000Z,Carol Office,\r\n\
                2026-11-24,am,2 Maths,Mathematics,B6,Gitau Njoroge,present,present,,,2026-11-24T05:01:00.000Z,2026-11-24T05:01:10.000Z,Brian Mutua,\r\n"
            )
        );
    })
    .await;
}

#[actix_web::test]
async fn a_byte_order_mark_and_the_file_name_follow_the_query() {
    Schools::with(async |schools| {
        let csv = schools
            .get(
                Who::Office,
                "/exports/records.csv?bom=true&from=2026-11-01&to=2026-11-02",
            )
            .await;
        assert_eq!(csv.text(), format!("\u{feff}{HEADER}"));
        assert_eq!(
            csv.header("content-disposition"),
            Some("attachment; filename=\"records-2026-11-01-2026-11-02.csv\"")
        );
    })
    .await;
}

/// Class, slot and student of each line of a file.
fn places(csv: &Answer) -> Vec<[String; 4]> {
    let mut reader = csv::Reader::from_reader(csv.body.as_slice());
    let rows = reader.deserialize::<HashMap<String, String>>();
    rows.map(Result::unwrap)
        .map(|row| ["date", "slot", "class", "student"].map(|column| row[column].clone()))
        .collect()
}

/// Three registers of the 16th and one of the 17th, whose ids are in the opposite order to that of the file. The school
/// has the slots `am` and `pm`, in this order; it knows nothing of `club`.
const IN_NO_ORDER: &str = "
    insert into read.register_entries (school_id, session_id, student_id, class_id, date, slot, status, effective_status,
        occurred_at, recorded_at, marked_by, command_id, corrected, void)
    select '10000000-0000-0000-0000-000000000001', ('10000000-0000-0000-0000-0000000000' || session)::uuid,
        ('10000000-0000-0000-0000-0000000000' || student)::uuid, ('10000000-0000-0000-0000-0000000000' || class)::uuid,
        date::date, slot, 'present', 'present', now(), now(), '10000000-0000-0000-0000-000000000011', gen_random_uuid(),
        false, false
    from (values
        ('a0', '31', '21', '2026-11-17', null),
        ('a1', '36', '22', '2026-11-16', 'club'), ('a1', '31', '22', '2026-11-16', 'club'),
        ('a2', '36', '22', '2026-11-16', 'pm'), ('a3', '31', '21', '2026-11-16', 'pm'), ('a3', '35', '21', '2026-11-16', 'pm'),
        ('a4', '31', '21', '2026-11-16', 'am'), ('a5', '36', '22', '2026-11-16', null)
    ) as t (session, student, class, date, slot)";

#[actix_web::test]
async fn lines_stand_where_people_look_for_them() {
    Schools::with(async |schools| {
        schools.run(IN_NO_ORDER).await;
        let (east, maths) = ("1 East", "2 Maths");
        let (achieng, farida, gitau) = ("Achieng Odhiambo", "Farida Ali", "Gitau Njoroge");
        let (monday, tuesday) = ("2026-11-16", "2026-11-17");
        let expected = [
            [monday, "", maths, gitau],
            [monday, "am", east, achieng],
            [monday, "pm", east, farida],
            [monday, "pm", east, achieng],
            [monday, "pm", maths, gitau],
            [monday, "club", maths, gitau],
            [monday, "club", maths, achieng],
            [tuesday, "", east, achieng],
        ]
        .map(|line| line.map(str::to_owned));
        let days = "/exports/records.csv?from=2026-11-16&to=2026-11-17";
        let of_the_school = places(&schools.get(Who::Office, days).await);
        assert_eq!(of_the_school, expected);
        // A teacher's lines come from another statement.
        let mut of_amina = expected.to_vec();
        of_amina.retain(|[_, _, class, _]| class == east);
        assert_eq!(places(&schools.get(Who::Amina, days).await), of_amina);
    })
    .await;
}

#[actix_web::test]
async fn a_teachers_file_has_all_of_the_teachers_records_however_many_pages_they_fill() {
    Schools::with(async |schools| {
        schools
            .run(
                "insert into read.register_entries (school_id, session_id, student_id, class_id, date, status,
                     effective_status, occurred_at, recorded_at, marked_by, command_id, corrected, void)
                 select '10000000-0000-0000-0000-000000000001', gen_random_uuid(), '10000000-0000-0000-0000-000000000031',
                     '10000000-0000-0000-0000-000000000021', date '2026-09-01' + n / 150, 'late', 'late', now(), now(),
                     '10000000-0000-0000-0000-000000000011', gen_random_uuid(), false, false
                 from generate_series(0, 8999) n",
            )
            .await;
        let in_file = places(&schools.get(Who::Amina, "/exports/records.csv").await);
        let listed = schools.walk(Who::Amina, "/records", 500).await;
        assert_eq!(in_file.len(), listed.len());
        assert!(in_file.is_sorted_by_key(|[date, ..]| date.clone()));
        let dates: Vec<&str> = listed.iter().map(|record| record["date"].as_str().unwrap()).collect();
        assert_eq!(in_file.iter().map(|[date, ..]| date.as_str()).collect::<Vec<_>>(), dates);
    })
    .await;
}

/// Files of these are larger than what lies in buffers between server and client, so the server waits for the reader.
const LONG_FILE: &str = "update students set name = repeat('x', 2000) where student_id = '10000000-0000-0000-0000-000000000031';
    insert into read.register_entries (school_id, session_id, student_id, class_id, date, status, effective_status,
        occurred_at, recorded_at, marked_by, command_id, corrected, void)
    select '10000000-0000-0000-0000-000000000001', gen_random_uuid(), '10000000-0000-0000-0000-000000000031',
        '10000000-0000-0000-0000-000000000021', date '2026-01-01' + n / 150, 'late', 'late', now(), now(),
        '10000000-0000-0000-0000-000000000011', gen_random_uuid(), false, false
    from generate_series(0, 17999) n";

#[actix_web::test]
async fn who_comes_into_the_school_while_a_file_is_written_has_a_name_in_it() {
    Schools::with(async |schools| {
        schools.run(LONG_FILE).await;
        let file = schools.begin(Who::Office, "/exports/records.csv?to=2026-05-01", &[]).await;
        schools
            .run(
                "insert into students (school_id, student_id, sourced_id, name, sort_name)
                 values ('10000000-0000-0000-0000-000000000001', gen_random_uuid(), 'new', 'Neema Kariuki', 'kariuki neema');
                 insert into read.register_entries (school_id, session_id, student_id, class_id, date, status,
                     effective_status, occurred_at, recorded_at, marked_by, command_id, corrected, void)
                 select school_id, gen_random_uuid(), student_id, '10000000-0000-0000-0000-000000000021', '2026-05-01',
                     'late', 'late', now(), now(), '10000000-0000-0000-0000-000000000011', gen_random_uuid(), false, false
                 from students where sourced_id = 'new'",
            )
            .await;
        let text = file.text().await.unwrap();
        let last = text.lines().last().unwrap();
        assert!(last.starts_with("2026-05-01,,") && last.contains(",Neema Kariuki,late,"), "{last}");
        assert_eq!(text.matches(&"x".repeat(2_000)).count(), 18_000);
    })
    .await;
}

/// What somebody could have typed as a pupil's name.
const NAMES: [&str; 10] = [
    "=HYPERLINK(\"http://x\",\"y\")",
    "+254 700",
    "-2+3",
    "@SUM(A1:A9)",
    "\tTab",
    "\rReturn",
    "Quote \" and, comma",
    "Two\r\nlines",
    "Zoë Ünal العربية",
    "'single",
];

#[actix_web::test]
async fn thousands_of_records_with_hostile_names_agree_with_the_list() {
    Schools::with(async |schools| {
        schools
            .run(
                "insert into students (school_id, student_id, sourced_id, name, sort_name)
                 select '10000000-0000-0000-0000-000000000001', gen_random_uuid(), 'h' || n, 'hostile ' || n, 'hostile'
                 from generate_series(0, 49) n;
                 insert into read.register_entries (school_id, session_id, student_id, class_id, date, slot, status,
                     effective_status, minutes_late, occurred_at, recorded_at, marked_by, command_id, corrected, void)
                 select s.school_id, session_id, student_id, '10000000-0000-0000-0000-000000000021', date, 'pm',
                     'late', 'late', 5, '2026-10-01T05:00:00Z', '2026-10-01T05:00:01Z',
                     '10000000-0000-0000-0000-000000000011', gen_random_uuid(), false, false
                 from students s,
                     (select gen_random_uuid() as session_id, date '2026-09-01' + n / 3 as date
                      from generate_series(0, 59) n) r
                 where s.sort_name = 'hostile'",
            )
            .await;
        for (number, name) in NAMES.iter().enumerate() {
            let pattern = format!("hostile %{number}");
            sqlx::query("update students set name = $1 where name like $2")
                .bind(name)
                .bind(pattern)
                .execute(&mut schools.owner().await)
                .await
                .unwrap();
        }
        let listed = schools.walk(Who::Office, "/records?slot=pm", 500).await;
        assert_eq!(listed.len(), 3_000);

        let csv = schools.get(Who::Office, "/exports/records.csv?slot=pm").await;
        let mut reader = csv::Reader::from_reader(csv.body.as_slice());
        let rows: Vec<HashMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
        assert_eq!(rows.len(), listed.len());
        let names = names(schools).await;
        for (row, record) in rows.iter().zip(&listed) {
            assert_row(row, record, &names[record["student_id"].as_str().unwrap()]);
        }
    })
    .await;
}

async fn names(schools: &Schools) -> HashMap<String, String> {
    let rows: Vec<(String, String)> = sqlx::query_as("select student_id::text, name from students")
        .fetch_all(&mut schools.owner().await)
        .await
        .unwrap();
    rows.into_iter().collect()
}

fn assert_row(row: &HashMap<String, String>, record: &Value, name: &str) {
    for column in [
        "date",
        "slot",
        "status",
        "effective_status",
        "occurred_at",
        "recorded_at",
    ] {
        assert_eq!(row[column], record[column].as_str().unwrap(), "{column}");
    }
    assert_eq!(row["minutes_late"], record["minutes_late"].to_string());
    assert_eq!(
        row["marked_by"],
        record["marked_by"]["name"].as_str().unwrap()
    );
    let would_run = name.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if would_run {
        format!("'{name}")
    } else {
        name.to_owned()
    };
    assert_eq!(row["student"], cell);
}
