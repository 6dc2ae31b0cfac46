//! A small school's files, and what the store holds of it after an import.

use std::path::Path;

use chrono::NaiveDate;
use domain::{ClassId, Period, RollEvent, SchoolId, StudentId, fold_roll};
use event_store::{StreamId, load_streams};
use muster::import::oneroster::{
    EndDates, Options, Origin, Outcome, RosterFiles, Store, Summary, Wanted, import,
};
use platform::clock::Clock;

use crate::scratch::Scratch;

pub(crate) const KEY: [u8; 32] = [7; 32];
pub(crate) const MANIFEST: &str = "propertyName,value\noneroster.version,1.1\n";
pub(crate) const ORGS: &str =
    "sourcedId,name,type,identifier\nd,District,district,\ns,Hill School,school,HILL\n";
pub(crate) const SESSIONS: &str =
    "sourcedId,title,type,startDate,endDate\nt,Term 1,term,2026-09-01,2026-12-20\n";
pub(crate) const CLASSES: &str = "sourcedId,status,title,schoolSourcedId,termSourcedIds,subjects,periods\n\
                       c1,,Grade 3,s,t,Mathematics,1\nc2,,Grade 4,s,t,,\n";
pub(crate) const USERS: &str = "sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName,identifier\n\
                     u1,,true,s,teacher,ann,Ann,Otieno,\nu2,,true,s,student,,Ben,Mwangi,A1\n\
                     u3,,true,s,student,,Cate,Njeri,A2\n";
pub(crate) const ROLL_HEADER: &str =
    "sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate\n";
pub(crate) const ROLL: &str = "e1,,c1,s,u1,teacher,2026-09-01,2026-12-20\n\
                    e2,,c1,s,u2,student,2026-09-01,2026-12-20\n\
                    e3,,c1,s,u3,student,2026-09-01,2026-12-20\n";

/// A folder of files, all bulk, with these enrolments.
pub(crate) fn folder(roll: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let modes: String = [
        "academicSessions",
        "orgs",
        "classes",
        "users",
        "enrollments",
    ]
    .map(|name| format!("file.{name},bulk\n"))
    .concat();
    write(&folder, "manifest.csv", &format!("{MANIFEST}{modes}"));
    write(&folder, "orgs.csv", ORGS);
    write(&folder, "academicSessions.csv", SESSIONS);
    write(&folder, "classes.csv", CLASSES);
    write(&folder, "users.csv", USERS);
    write(&folder, "enrollments.csv", &format!("{ROLL_HEADER}{roll}"));
    folder
}

/// A folder that says only that these enrolments changed.
pub(crate) fn delta(roll: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(
        &folder,
        "manifest.csv",
        &format!("{MANIFEST}file.enrollments,delta\n"),
    );
    write(&folder, "enrollments.csv", &format!("{ROLL_HEADER}{roll}"));
    folder
}

pub(crate) fn write(folder: &tempfile::TempDir, name: &str, content: &str) {
    std::fs::write(folder.path().join(name), content).unwrap();
}

pub(crate) fn options() -> Options {
    Options {
        wanted: Wanted::All,
        time_zone: None,
        end_dates: EndDates::Exclusive,
        dry_run: false,
        origin: Origin::default(),
    }
}

pub(crate) async fn run(scratch: &Scratch, path: &Path, options: &Options, day: u32) -> Outcome {
    let clock = Clock::manual(format!("2026-11-{day}T08:00:00Z").parse().unwrap());
    let store = Store {
        database: &scratch.app,
        clock: &clock,
        fingerprint_key: &KEY,
    };
    let files = RosterFiles::open(path).unwrap();
    import(store, &files, options, |_| ()).await.unwrap()
}

/// Imports on a day of November 2026.
pub(crate) async fn import_on(scratch: &Scratch, folder: &tempfile::TempDir, day: u32) -> Summary {
    match run(scratch, folder.path(), &options(), day).await {
        Outcome::Imported(summary) => summary,
        Outcome::Refused(findings) => panic!("{findings}"),
    }
}

pub(crate) async fn count_events(scratch: &Scratch) -> i64 {
    sqlx::query_scalar("select count(*) from events")
        .fetch_one(scratch.owner.pool())
        .await
        .unwrap()
}

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A student's periods in a class of the small school, as the events fold; checked against the tables.
pub(crate) async fn periods(
    scratch: &Scratch,
    class: &str,
    student: &str,
) -> Vec<(NaiveDate, Option<NaiveDate>)> {
    let (class_id, student_id) = (ClassId::of("s", class), StudentId::of("s", student));
    let rows: Vec<(NaiveDate, Option<NaiveDate>)> = sqlx::query_as(
        "select from_date, until_date from enrolments where class_id = $1 and student_id = $2 order by from_date",
    )
    .bind(class_id.as_uuid())
    .bind(student_id.as_uuid())
    .fetch_all(scratch.owner.pool())
    .await
    .unwrap();
    let roll = fold(scratch, SchoolId::of_org("s"), class_id).await;
    let folded: Vec<Period> = roll
        .enrolments
        .get(&student_id)
        .cloned()
        .unwrap_or_default();
    assert_eq!(
        rows,
        folded
            .iter()
            .map(|period| (period.from, period.until))
            .collect::<Vec<_>>()
    );
    rows
}

pub(crate) async fn fold(scratch: &Scratch, school: SchoolId, class_id: ClassId) -> domain::Roll {
    let id = StreamId::class_roll(class_id);
    let mut connection = scratch.owner.pool().acquire().await.unwrap();
    let stream = load_streams(&mut connection, school, std::slice::from_ref(&id))
        .await
        .unwrap()
        .remove(&id)
        .unwrap();
    let events: Vec<domain::Recorded<RollEvent>> = stream
        .events
        .into_iter()
        .map(|stored| {
            stored
                .recorded
                .map(|event| event.as_roll().expect("a roll event").clone())
        })
        .collect();
    fold_roll(&events)
}
