//! How long reports take in a school of a thousand, among other such schools in the same database.
//!
//! Each is asked one at a time, and by sixteen at once who ask again as soon as they are answered. Client, server and
//! database share the machine.

mod files;
mod schools;

use std::time::{Duration, Instant};

use anyhow::Result;
use chrono::NaiveDate;
use futures::future::try_join_all;
use sqlx::PgConnection;
use tests::caller::Caller;
use tests::school::{PASSWORD, days_ago, today};
use tests::system::TestSystem;
use uuid::Uuid;

use crate::report::Report;
use schools::{code, school_id};

/// How many ask at once.
const CONNECTIONS: usize = 16;

/// What can be asked for.
struct Known {
    classes: Vec<Uuid>,
    students: Vec<Uuid>,
}

/// A report, its target at the 95th of a hundred, and how it is asked for the so-manieth time.
struct Question {
    name: &'static str,
    target_ms: f64,
    path: fn(&Known, usize) -> String,
}

impl Known {
    async fn read(connection: &mut PgConnection) -> Result<Self> {
        let school_id = school_id(1);
        let classes = sqlx::query_scalar!(
            "select class_id from classes where school_id = $1 order by sourced_id",
            school_id
        );
        let students = sqlx::query_scalar!(
            "select student_id from students where school_id = $1 order by sourced_id",
            school_id
        );
        Ok(Self {
            classes: classes.fetch_all(&mut *connection).await?,
            students: students.fetch_all(connection).await?,
        })
    }

    fn class(&self, number: usize) -> Uuid {
        self.classes[number % self.classes.len()]
    }

    fn student(&self, number: usize) -> Uuid {
        self.students[number * 7 % self.students.len()]
    }
}

/// One of the days of a fortnight.
fn day(number: usize) -> NaiveDate {
    days_ago(number as u64 % 14)
}

const QUESTIONS: [Question; 14] = [
    Question {
        name: "class-summary",
        target_ms: 3.0,
        path: |known, n| format!("class-summary?class_id={}&date={}", known.class(n), day(n)),
    },
    Question {
        name: "class-report, a term",
        target_ms: 15.0,
        path: |known, n| format!("class-report?class_id={}", known.class(n)),
    },
    Question {
        name: "student-rate, a term",
        target_ms: 15.0,
        path: |known, n| format!("student-rate?student_id={}", known.student(n)),
    },
    Question {
        name: "day",
        target_ms: 15.0,
        path: |_, n| format!("day?date={}", day(n)),
    },
    Question {
        name: "absentees",
        target_ms: 15.0,
        path: |_, n| format!("absentees?date={}", day(n)),
    },
    Question {
        name: "late-arrivals",
        target_ms: 15.0,
        path: |_, n| format!("late-arrivals?date={}", day(n)),
    },
    Question {
        name: "missing-registers",
        target_ms: 15.0,
        path: |_, n| format!("missing-registers?date={}", day(n)),
    },
    Question {
        name: "chronic-absence, a term",
        target_ms: 15.0,
        path: |_, _| "chronic-absence".to_owned(),
    },
    Question {
        name: "consecutive-absences",
        target_ms: 15.0,
        path: |_, _| "consecutive-absences".to_owned(),
    },
    Question {
        name: "trend by day",
        target_ms: 15.0,
        path: |_, _| "trend?by=day".to_owned(),
    },
    Question {
        name: "trend by week and class",
        target_ms: 15.0,
        path: |_, _| "trend?by=week&group=class".to_owned(),
    },
    Question {
        name: "trend by term and subject",
        target_ms: 15.0,
        path: |_, _| "trend?by=term&group=subject".to_owned(),
    },
    Question {
        name: "conflicts",
        target_ms: 15.0,
        path: |_, _| "conflicts".to_owned(),
    },
    Question {
        name: "sign-offs",
        target_ms: 15.0,
        path: |_, _| "sign-offs".to_owned(),
    },
];

/// Fills the schools, asks for every report and for the file of a term.
pub(crate) async fn measure(
    system: &TestSystem,
    rounds: u32,
    schools: u32,
    report: &mut Report,
) -> Result<()> {
    schools::fill(system, schools).await?;
    let mut connection = system.connect().await?;
    let known = Known::read(&mut connection).await?;
    let mut offices = Vec::new();
    for number in 1..=schools.min(5) {
        offices.push(sign_in(system, number, "office").await?);
    }
    for question in &QUESTIONS {
        let ask = |number: usize| {
            let path = format!("/reports/{}", (question.path)(&known, number));
            ask(&offices[number % offices.len()], path)
        };
        // One round unmeasured: connections, plans and caches are warm from then on.
        try_join_all((0..CONNECTIONS).map(ask)).await?;
        let mut alone = Vec::new();
        for number in 0..rounds as usize {
            alone.push(ask(number).await?);
        }
        let together = try_join_all((0..CONNECTIONS).map(|connection| async move {
            let mut samples = Vec::new();
            for round in 0..rounds as usize {
                samples.push(ask(connection + round).await?);
            }
            anyhow::Ok(samples)
        }));
        let together = together.await?.concat();
        report.add_request(question.name, question.target_ms, &alone, &together);
    }
    files::measure(&mut connection, &offices[0], rounds.div_ceil(6), report).await
}

async fn sign_in(system: &TestSystem, number: u32, username: &str) -> Result<Caller> {
    let anonymous = system.anonymous();
    let answer = anonymous.login(&code(number), username, PASSWORD).await?;
    let answer = answer.expect(200)?.json()?;
    Ok(anonymous.with_token(answer["access_token"].as_str().unwrap_or_default()))
}

async fn ask(office: &Caller, path: String) -> Result<Duration> {
    let began = Instant::now();
    office.get(&path, &[]).await?.expect(200)?;
    Ok(began.elapsed())
}

/// A school of a thousand and who may ask for what.
pub(crate) struct School {
    pub(crate) id: Uuid,
    pub(crate) office: Caller,
    pub(crate) auditor: Caller,
}

/// The school whose events are there as well as what they are projected to.
///
/// # Errors
/// They are not let in.
pub(crate) async fn first_school(system: &TestSystem) -> Result<School> {
    Ok(School {
        id: school_id(1),
        office: sign_in(system, 1, "office").await?,
        auditor: sign_in(system, 1, "auditor").await?,
    })
}

/// The first and last day that registers were taken on.
fn term() -> (NaiveDate, NaiveDate) {
    (days_ago(83), today())
}
