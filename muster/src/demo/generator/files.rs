//! The school as OneRoster 1.2 files.

use anyhow::Result;
use chrono::{Datelike, Days, NaiveDate};

use super::{Class, DemoSchool, ORG, SCHOOL_CODE, SCHOOL_NAME};

const DISTRICT: &str = "county-nakuru";
const TERM: &str = "term-now";

/// Names and contents, in the order of the standard.
pub(super) fn all(school: &DemoSchool) -> Result<Vec<(&'static str, Vec<u8>)>> {
    Ok(vec![
        ("manifest.csv", manifest()?),
        ("academicSessions.csv", academic_sessions(school)?),
        ("orgs.csv", orgs()?),
        ("users.csv", users(school)?),
        ("roles.csv", roles(school)?),
        ("courses.csv", courses(school)?),
        ("classes.csv", classes(school)?),
        ("enrollments.csv", enrolments(school)?),
    ])
}

fn file(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row)?;
    }
    Ok(writer.into_inner()?)
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

fn manifest() -> Result<Vec<u8>> {
    let files = [
        "academicSessions",
        "orgs",
        "users",
        "roles",
        "courses",
        "classes",
        "enrollments",
    ];
    let head = [("manifest.version", "1.0"), ("oneroster.version", "1.2")];
    let rows = head.map(|(name, value)| row([name, value])).into_iter();
    file(
        &["propertyName", "value"],
        rows.chain(files.map(|name| row([&format!("file.{name}"), "bulk"]))),
    )
}

/// The year, the term that goes on, the one before and the one after. End dates are the first day after.
fn academic_sessions(school: &DemoSchool) -> Result<Vec<u8>> {
    let (starts, ends) = (school.term_starts, school.term_ends + Days::new(1));
    let weeks = |count: u64| Days::new(7 * count);
    let year = starts.year().to_string();
    let session =
        |id: &str, title: &str, kind: &str, from: NaiveDate, until: NaiveDate, parent: &str| {
            row([
                id,
                "",
                "",
                title,
                kind,
                &from.to_string(),
                &until.to_string(),
                parent,
                &year,
            ])
        };
    file(
        &[
            "sourcedId",
            "status",
            "dateLastModified",
            "title",
            "type",
            "startDate",
            "endDate",
            "parentSourcedId",
            "schoolYear",
        ],
        [
            session(
                "year",
                "School year",
                "schoolYear",
                starts - weeks(16),
                ends + weeks(16),
                "",
            ),
            session(
                "term-before",
                "Last term",
                "term",
                starts - weeks(15),
                starts - weeks(2),
                "year",
            ),
            session(TERM, "This term", "term", starts, ends, "year"),
            session(
                "term-after",
                "Next term",
                "term",
                ends + weeks(3),
                ends + weeks(15),
                "year",
            ),
        ],
    )
}

fn orgs() -> Result<Vec<u8>> {
    file(
        &[
            "sourcedId",
            "status",
            "dateLastModified",
            "name",
            "type",
            "identifier",
            "parentSourcedId",
        ],
        [
            row([DISTRICT, "", "", "Nakuru County", "district", "", ""]),
            row([ORG, "", "", SCHOOL_NAME, "school", SCHOOL_CODE, DISTRICT]),
        ],
    )
}

fn users(school: &DemoSchool) -> Result<Vec<u8>> {
    let teachers = school
        .classes
        .iter()
        .flat_map(|class| &class.teachers)
        .map(|teacher| {
            let (given, family) = (teacher.given_name, teacher.family_name);
            row([
                &teacher.sourced_id,
                "",
                "",
                "true",
                &teacher.username,
                given,
                family,
                "",
                ORG,
            ])
        });
    let students = school
        .classes
        .iter()
        .flat_map(|class| &class.students)
        .map(|student| {
            let (given, family, number) = (
                student.given_name,
                student.family_name,
                &student.admission_number,
            );
            row([
                &student.sourced_id,
                "",
                "",
                "true",
                &student.sourced_id,
                given,
                family,
                number,
                ORG,
            ])
        });
    file(
        &[
            "sourcedId",
            "status",
            "dateLastModified",
            "enabledUser",
            "username",
            "givenName",
            "familyName",
            "identifier",
            "primaryOrgSourcedId",
        ],
        teachers.chain(students),
    )
}

fn roles(school: &DemoSchool) -> Result<Vec<u8>> {
    let role =
        |user: &str, role: &str| row([&format!("role-{user}"), "", "", user, "primary", role, ORG]);
    let rows = school.classes.iter().flat_map(|class| {
        let teachers = class
            .teachers
            .iter()
            .map(|teacher| role(&teacher.sourced_id, "teacher"));
        teachers
            .chain(
                class
                    .students
                    .iter()
                    .map(|student| role(&student.sourced_id, "student")),
            )
            .collect::<Vec<_>>()
    });
    file(
        &[
            "sourcedId",
            "status",
            "dateLastModified",
            "userSourcedId",
            "roleType",
            "role",
            "orgSourcedId",
        ],
        rows,
    )
}

fn courses(school: &DemoSchool) -> Result<Vec<u8>> {
    let mut grades: Vec<u32> = school.classes.iter().map(|class| class.grade).collect();
    grades.dedup();
    let rows = grades
        .into_iter()
        .map(|grade| row([&course(grade), "", "", &format!("Grade {grade}"), ORG]));
    file(
        &[
            "sourcedId",
            "status",
            "dateLastModified",
            "title",
            "orgSourcedId",
        ],
        rows,
    )
}

fn course(grade: u32) -> String {
    format!("course-grade-{grade}")
}

fn classes(school: &DemoSchool) -> Result<Vec<u8>> {
    let class = |class: &Class| {
        let grade = format!("{:02}", class.grade);
        row([
            &class.sourced_id,
            "",
            "",
            &class.title,
            &grade,
            &course(class.grade),
            "homeroom",
            ORG,
            TERM,
        ])
    };
    file(
        &[
            "sourcedId",
            "status",
            "dateLastModified",
            "title",
            "grades",
            "courseSourcedId",
            "classType",
            "schoolSourcedId",
            "termSourcedIds",
        ],
        school.classes.iter().map(class),
    )
}

fn enrolments(school: &DemoSchool) -> Result<Vec<u8>> {
    let (begin, end) = (
        school.term_starts.to_string(),
        (school.term_ends + Days::new(1)).to_string(),
    );
    let enrolment = |class: &Class, user: &str, role: &str, primary: &str| {
        let id = format!("{}-{user}", class.sourced_id);
        row([
            &id,
            "",
            "",
            &class.sourced_id,
            ORG,
            user,
            role,
            primary,
            &begin,
            &end,
        ])
    };
    let rows = school.classes.iter().flat_map(|class| {
        let teachers = class
            .teachers
            .iter()
            .enumerate()
            .map(move |(place, teacher)| (place, &teacher.sourced_id));
        let teachers = teachers.map(|(place, id)| {
            enrolment(
                class,
                id,
                "teacher",
                if place == 0 { "true" } else { "false" },
            )
        });
        let students = class
            .students
            .iter()
            .map(|student| enrolment(class, &student.sourced_id, "student", ""));
        teachers.chain(students).collect::<Vec<_>>()
    });
    file(
        &[
            "sourcedId",
            "status",
            "dateLastModified",
            "classSourcedId",
            "schoolSourcedId",
            "userSourcedId",
            "role",
            "primary",
            "beginDate",
            "endDate",
        ],
        rows,
    )
}
