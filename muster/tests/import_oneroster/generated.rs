//! A district in OneRoster 1.1 as school systems export it: byte order marks, Windows line ends, line breaks within
//! cells, columns that nobody reads, files that nobody needs, booleans in any case, UUIDs for ids.

use std::path::Path;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const SCHOOLS: usize = 2;
const CLASSES: usize = 4;
const STUDENTS: usize = 30;
const CLASSES_OF_A_STUDENT: usize = 2;

/// Writes the files; how many schools, students, and enrolments of students and of teachers they hold.
pub(crate) fn write(folder: &Path, seed: u64) -> [usize; 4] {
    let mut district = District::new(seed);
    for number in 0..SCHOOLS {
        district.add_school(number);
    }
    for (name, table) in [
        ("manifest.csv", manifest()),
        ("academicSessions.csv", district.sessions),
        ("orgs.csv", district.orgs),
        ("courses.csv", district.courses),
        ("classes.csv", district.classes),
        ("users.csv", district.users),
        ("demographics.csv", district.demographics),
        ("enrollments.csv", district.enrolments),
    ] {
        std::fs::write(folder.join(name), csv_of(&table)).unwrap();
    }
    let students = SCHOOLS * STUDENTS;
    [
        SCHOOLS,
        students,
        students * CLASSES_OF_A_STUDENT,
        SCHOOLS * CLASSES,
    ]
}

/// A header and the rows below it.
type Table = Vec<Vec<String>>;

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

fn csv_of(table: &Table) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(b"\xEF\xBB\xBF".to_vec());
    for row in table {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

fn manifest() -> Table {
    let mut table = vec![
        row(["propertyName", "value"]),
        row(["manifest.version", "1.0"]),
        row(["oneroster.version", "1.1"]),
    ];
    for (mode, files) in [
        (
            "bulk",
            "academicSessions classes courses demographics enrollments orgs users",
        ),
        ("absent", "categories classResources lineItems results"),
    ] {
        table.extend(
            files
                .split(' ')
                .map(|file| row([&format!("file.{file}"), mode])),
        );
    }
    table
}

struct District {
    random: StdRng,
    id: String,
    term: String,
    sessions: Table,
    orgs: Table,
    courses: Table,
    classes: Table,
    users: Table,
    demographics: Table,
    enrolments: Table,
}

impl District {
    fn new(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let (id, year, term) = (uuid(&mut random), uuid(&mut random), uuid(&mut random));
        let heading = |columns: &str| {
            let all = format!("sourcedId,status,dateLastModified,{columns}");
            vec![all.split(',').map(str::to_owned).collect()]
        };
        let mut sessions = heading("title,type,startDate,endDate,parentSourcedId,schoolYear");
        for (id, title, kind, from, until, parent) in [
            (
                &year,
                "2026-2027",
                "schoolYear",
                "2026-08-01",
                "2027-07-31",
                "",
            ),
            (&term, "Fall", "term", "2026-08-15", "2026-12-20", &*year),
        ] {
            sessions.push(row([
                id,
                "active",
                "2026-11-22",
                title,
                kind,
                from,
                until,
                parent,
                "2027",
            ]));
        }
        let mut orgs = heading("name,type,identifier,parentSourcedId");
        orgs.push(row([
            &id,
            "active",
            "",
            "South Lake\r\nUnified District",
            "district",
            "",
            "",
        ]));
        Self {
            random,
            id,
            term,
            sessions,
            orgs,
            courses: heading("title,courseCode,orgSourcedId"),
            classes: heading(
                "title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,\
                 subjectCodes,periods",
            ),
            users: heading(
                "enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,phone,\
                 metadata.address",
            ),
            demographics: heading("birthDate,sex"),
            enrolments: heading(
                "classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
            ),
        }
    }

    fn add_school(&mut self, number: usize) {
        let school = uuid(&mut self.random);
        let (name, code) = (format!("School No. {number}"), format!("SCH{number}"));
        self.orgs.push(row([
            &school,
            "ACTIVE",
            "2026-11-22",
            &name,
            "school",
            &code,
            &self.id,
        ]));
        let classes: Vec<String> = (0..CLASSES)
            .map(|place| self.add_class(&school, place))
            .collect();
        for (place, class) in classes.iter().enumerate() {
            let teacher = self.add_user(&school, "teacher", &format!("teacher{number}.{place}"));
            self.enrol(class, &school, &teacher, "teacher");
        }
        for place in 0..STUDENTS {
            let student = self.add_user(&school, "student", &format!("pupil{number}.{place}"));
            self.demographics.push(row([
                &student,
                "active",
                "2026-11-22",
                "2015-11-01",
                "female",
            ]));
            let first = self.random.random_range(0..CLASSES);
            for step in 0..CLASSES_OF_A_STUDENT {
                self.enrol(
                    &classes[(first + step) % CLASSES],
                    &school,
                    &student,
                    "student",
                );
            }
        }
    }

    fn add_class(&mut self, school: &str, place: usize) -> String {
        let (class, course) = (uuid(&mut self.random), uuid(&mut self.random));
        let (title, period) = (format!("Science \"{place}\", mixed"), place.to_string());
        self.courses
            .push(row([&course, "active", "", &title, "SCI", &self.id]));
        let place = format!("Room {place}\r\nsecond floor, left");
        self.classes.push(row([
            &class,
            "active",
            "",
            &title,
            "03,04",
            &course,
            "SCI-1",
            "scheduled",
            &place,
            school,
            &self.term,
            "Science",
            "SCI",
            &period,
        ]));
        class
    }

    fn add_user(&mut self, school: &str, role: &str, username: &str) -> String {
        let user = uuid(&mut self.random);
        let enabled = ["true", "TRUE", "True"][self.random.random_range(0..3)];
        let (email, address) = (
            format!("{username}@example.org"),
            "12 Hill Road\nSouth Lake",
        );
        self.users.push(row([
            &user,
            "active",
            "2026-11-22",
            enabled,
            school,
            role,
            username,
            "",
            "Zoë",
            "Ng'ang'a",
            "",
            &user[..8],
            &email,
            "",
            address,
        ]));
        user
    }

    fn enrol(&mut self, class: &str, school: &str, user: &str, role: &str) {
        let id = uuid(&mut self.random);
        self.enrolments.push(row([
            &id,
            "active",
            "2026-11-22",
            class,
            school,
            user,
            role,
            "false",
            "2026-08-01",
            "2027-07-31",
        ]));
    }
}

fn uuid(random: &mut StdRng) -> String {
    uuid::Uuid::from_u128(random.random()).to_string()
}
