//! How records that fit become schools. [`broken`] and [`unreadable`] have those that do not.

mod broken;
mod unreadable;

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{ClassId, SchoolId, StudentId, UserId};

use super::super::EndDates;
use super::super::finding::Findings;
use super::super::known::{Known, KnownSchool};
use super::super::read::{self, RosterFiles};
use super::super::roster::{Person, SchoolRoster};

/// A small school in version 1.1 that is all right; tests replace single files of it.
const GOOD: [(&str, &str); 6] = [
    (
        "manifest.csv",
        "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.academicSessions,bulk\nfile.orgs,bulk\n\
         file.users,bulk\nfile.classes,bulk\nfile.enrollments,bulk\n",
    ),
    (
        "orgs.csv",
        "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n\
         d,,,District,district,,\ns,,,Hill School,school,HILL,d\n",
    ),
    (
        "academicSessions.csv",
        "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n\
         y,,,Year,schoolYear,2026-08-01,2027-08-01,,2027\nt,,,Term 1,term,2026-09-01,2026-12-20,y,2027\n",
    ),
    (
        "classes.csv",
        "sourcedId,status,dateLastModified,title,classType,schoolSourcedId,termSourcedIds,subjects,periods,grades\n\
         c,,,Grade 3,homeroom,s,t,Mathematics,\"1,2\",\"03, 04\"\n",
    ),
    (
        "users.csv",
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,givenName,familyName,identifier\n\
         u1,,,TRUE,s,teacher,ann,Ann,Otieno,T1\nu2,,,true,s,student,,Ben,Mwangi,A17\n",
    ),
    (
        "enrollments.csv",
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n\
         e1,,,c,s,u1,teacher,true,2026-09-01,\ne2,,,c,s,u2,student,,,2026-12-20\n",
    ),
];

fn files(changes: &[(&str, &str)]) -> RosterFiles {
    let mut files: HashMap<&str, &str> = HashMap::from(GOOD);
    files.extend(changes.iter().copied());
    of_text(files)
}

fn of_text<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> RosterFiles {
    let bytes = files
        .into_iter()
        .map(|(name, content)| (name, content.as_bytes()));
    RosterFiles::of(bytes)
}

fn check(files: &RosterFiles, known: &Known, end_dates: EndDates) -> (Vec<SchoolRoster>, Findings) {
    let mut findings = Findings::default();
    let schools = match read::read(files, &mut findings) {
        Some((manifest, records)) => {
            super::check(&records, &manifest, known, end_dates, &mut findings)
        }
        None => Vec::new(),
    };
    (schools, findings.sorted())
}

fn school(files: &RosterFiles) -> SchoolRoster {
    let (mut schools, findings) = check(files, &Known::default(), EndDates::Exclusive);
    assert_eq!(findings.to_string(), "");
    assert_eq!(schools.len(), 1);
    schools.remove(0)
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn a_good_roster_becomes_a_school() {
    let school = school(&files(&[]));
    assert_eq!(
        (school.code.as_str(), school.name.as_str()),
        ("HILL", "Hill School")
    );
    let taught: Vec<_> = school
        .terms
        .iter()
        .map(|term| (term.title.as_str(), term.ends_on, term.taught))
        .collect();
    assert_eq!(
        taught,
        [
            ("Year", date("2027-07-31"), false),
            ("Term 1", date("2026-12-19"), true)
        ]
    );
    let slots: Vec<_> = school.slots.iter().map(|row| row.slot.as_str()).collect();
    assert_eq!(slots, ["am", "pm", "p1", "p2"]);
    assert!(school.classes[0].only_subject.is_some());
    assert_eq!(school.classes[0].grades.as_deref(), Some("03,04"));
    assert_eq!(school.staff[0].username, "ann");
    assert_eq!(school.students[0].sort_name, "Mwangi, Ben");
    assert_eq!(school.students[0].admission_number.as_deref(), Some("A17"));
}

#[test]
fn an_enrolment_without_a_date_holds_from_the_first_term_of_its_class() {
    let school = school(&files(&[]));
    let roll = &school.rolls[&ClassId::of("s", "c")];
    let pupil = roll[&Person::Student(StudentId::of("s", "u2"))][0];
    assert_eq!(
        (pupil.from, pupil.until),
        (date("2026-09-01"), Some(date("2026-12-20")))
    );
    let teacher = roll[&Person::Teacher(UserId::of("s", "u1"))][0];
    assert_eq!((teacher.from, teacher.until), (date("2026-09-01"), None));
}

#[test]
fn inclusive_end_dates_are_the_last_day() {
    let (schools, _) = check(&files(&[]), &Known::default(), EndDates::Inclusive);
    assert_eq!(schools[0].terms[1].ends_on, date("2026-12-20"));
    let roll = &schools[0].rolls[&ClassId::of("s", "c")];
    let pupil = roll[&Person::Student(StudentId::of("s", "u2"))][0];
    assert_eq!(pupil.until, Some(date("2026-12-21")));
}

#[test]
fn without_terms_the_school_year_is_taught() {
    let school = school(&files(&[
        (
            "academicSessions.csv",
            "sourcedId,title,type,startDate,endDate\ny,Year,schoolYear,2026-08-01,2027-08-01\n",
        ),
        (
            "classes.csv",
            "sourcedId,title,schoolSourcedId,termSourcedIds\nc,Grade 3,s,y\n",
        ),
    ]));
    assert!(school.terms[0].taught);
    assert_eq!(school.classes[0].only_subject, None);
}

#[test]
fn version_one_two_takes_roles_from_their_own_file() {
    let school = school(&files(&[
        (
            "manifest.csv",
            "propertyName,value\noneroster.version,1.2\nfile.academicSessions,bulk\nfile.orgs,bulk\nfile.users,bulk\n\
             file.roles,bulk\nfile.classes,bulk\nfile.enrollments,absent\n",
        ),
        (
            "users.csv",
            "sourcedId,enabledUser,username,givenName,familyName,preferredGivenName\n\
             u1,true,ann,Ann,Otieno,\nu2,true,,Benjamin,Mwangi,Ben\nu3,true,,Guardian,Person,\n",
        ),
        (
            "roles.csv",
            "sourcedId,userSourcedId,roleType,role,orgSourcedId\n\
             r1,u1,primary,teacher,s\nr2,u2,primary,student,s\nr3,u3,primary,guardian,s\n",
        ),
    ]));
    assert_eq!(school.staff.len(), 1);
    let names: Vec<_> = school
        .students
        .iter()
        .map(|student| student.name.as_str())
        .collect();
    assert_eq!(names, ["Ben Mwangi"]);
}

#[test]
fn a_partial_file_may_refer_to_what_the_store_knows() {
    let known = Known {
        schools: HashMap::from([(
            "s".to_owned(),
            KnownSchool {
                code: "HILL".to_owned(),
                name: "Hill School".to_owned(),
                classes: HashMap::from([(ClassId::of("s", "c"), Some(date("2026-09-01")))]),
                students: [StudentId::of("s", "u2")].into(),
                ..KnownSchool::default()
            },
        )]),
        ..Known::default()
    };
    let partial = RosterFiles::of([
        ("manifest.csv", b"propertyName,value\noneroster.version,1.1\nfile.enrollments,delta\n".as_slice()),
        (
            "enrollments.csv",
            b"sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate\n\
              e2,tobedeleted,c,s,u2,student,,\ne3,active,c,s,u9,student,,\n",
        ),
    ]);
    let (schools, findings) = check(&partial, &known, EndDates::Exclusive);
    assert_eq!(
        findings.to_string(),
        "enrollments.csv, row 3, column userSourcedId: \"u9\" is not in users.csv: add the user or correct the id\n"
    );
    let roll = &schools[0].rolls[&ClassId::of("s", "c")];
    assert!(roll[&Person::Student(StudentId::of("s", "u2"))][0].deleted);
}

#[test]
fn a_code_that_another_school_has_is_refused() {
    let known = Known {
        code_owners: HashMap::from([("HILL".to_owned(), SchoolId::of_org("other"))]),
        ..Known::default()
    };
    let (_, findings) = check(&files(&[]), &known, EndDates::Exclusive);
    assert!(
        findings.to_string().contains("belongs to another school"),
        "{findings}"
    );
}

#[test]
fn arbitrary_text_serves_as_sourced_id() {
    let school = school(&files(&[
        (
            "orgs.csv",
            "sourcedId,name,type,identifier\n\"s/1, é\",Hill School,school,\n",
        ),
        (
            "classes.csv",
            "sourcedId,title,schoolSourcedId,termSourcedIds\nc|1,Grade 3,\"s/1, é\",t\n",
        ),
        (
            "users.csv",
            "sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName\nu 1,true,,student,,Ben,Mwangi\n",
        ),
        (
            "enrollments.csv",
            "sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate\n\
             e,c|1,\"s/1, é\",u 1,student,,\n",
        ),
    ]));
    assert_eq!(school.code, "s/1, é");
    assert_eq!(
        school.students[0].student_id,
        StudentId::of("s/1, é", "u 1")
    );
}
