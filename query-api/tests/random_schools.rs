//! Every report of random schools says what the reference says, and so does its file.

use platform::auth::Role;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use crate::reference::{Ask, Draft, School, drafts};
use crate::schools::Schools;

/// How many schools.
const CASES: u32 = 200;
/// Each school is asked one in so many of the questions.
const SHARE: usize = 6;
/// How often a school that fails is made simpler before it is shown.
const SIMPLER: u32 = 300;

/// Every report, each asked in one or a few ways.
fn questions(school: &School, draft: &Draft) -> Vec<(Ask, Value)> {
    let asked = draft.asked;
    let mut questions = vec![
        school.absentees(asked),
        school.unexplained(asked),
        school.late_arrivals(asked),
        school.chronic_absence(),
        school.consecutive_absences(1),
        school.consecutive_absences(2),
        school.missing_registers(asked),
        school.missing_registers(0),
        school.day(asked),
        school.day(0),
        school.trend(asked, 0, 0, 0),
        school.trend(-26, asked, 1, 3),
        school.trend(-26, asked, 1, 1),
        school.trend(-26, 0, 2, 2),
        school.trend(-26, asked, 0, 2),
    ];
    for class in 0..3 {
        questions.push(school.class_summary(class, asked));
        questions.push(school.class_report(class, asked, 0));
    }
    questions.push(school.class_report(0, -26, asked));
    for student in 0..4 {
        questions.push(school.student_rate(student, None));
        questions.push(school.student_rate(student, Some((-30, asked))));
    }
    questions.push(school.sign_offs());
    questions.extend(school.sign_off_amendments());
    questions
}

/// What of a school's reports is not what the reference says.
async fn faults(schools: &Schools, draft: &Draft, number: u32, share: usize) -> Option<String> {
    let school = School::new(draft, number);
    schools.run(&school.statements()).await;
    let token = schools.token_of(school.id, school.office(), Role::Admin);
    let asked = questions(&school, draft).into_iter().skip(share);
    for (ask, expected) in asked.step_by(SHARE) {
        let answer = schools.client.get(&ask, Some(&token), &[]).await;
        if answer.status != 200 {
            return Some(format!("{ask}\nanswers {}", answer.text()));
        }
        let found = answer.ok();
        if found != expected {
            return Some(format!(
                "{ask}\nanswers  {found:#}\nand not {expected:#}\nfor {draft:#?}"
            ));
        }
        let file = schools
            .client
            .get(&ask, Some(&token), &[("Accept", "text/csv")])
            .await;
        if let Some(fault) = fault_of_file(&expected, &file.body) {
            return Some(format!("{ask} as a file\n{fault}\nfor {draft:#?}"));
        }
    }
    None
}

/// What a file says of the items of a report must be what the report says of them, in the columns that are named like their
/// members.
fn fault_of_file(report: &Value, file: &[u8]) -> Option<String> {
    let parts = ["items", "students", "classes", "by_subject"];
    let items = parts.iter().find_map(|part| report[*part].as_array());
    let items = items.cloned().unwrap_or_else(|| vec![report.clone()]);
    let mut reader = csv::Reader::from_reader(file);
    let columns: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let is_shared = |column: &str| items.first().is_some_and(|item| item.get(column).is_some());
    let mut lines: Vec<Vec<String>> = Vec::new();
    for record in reader.records().map(Result::unwrap) {
        // The line of all subjects is none of them.
        if record.get(0) == Some("all") {
            continue;
        }
        let cells = record.iter().zip(&columns);
        let shared = cells.filter(|(_, column)| is_shared(column));
        lines.push(shared.map(|(cell, _)| cell.to_owned()).collect());
    }
    let mut expected: Vec<Vec<String>> = Vec::new();
    for item in &items {
        let shared = columns.iter().filter(|column| is_shared(column));
        expected.push(shared.map(|column| text(&item[column.as_str()])).collect());
    }
    lines.sort();
    expected.sort();
    (lines != expected).then(|| format!("{lines:#?}\nand not {expected:#?}"))
}

/// A member as a cell says it.
fn text(member: &Value) -> String {
    match member {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        // Classes stand in one cell by their titles.
        Value::Array(classes) => {
            let titles = classes.iter().filter_map(|class| class["title"].as_str());
            titles.collect::<Vec<_>>().join("; ")
        }
        Value::Object(person) => text(&person["name"]),
        Value::Bool(_) | Value::Number(_) => member.to_string(),
    }
}

#[actix_web::test]
async fn every_report_says_what_follows_from_the_definitions() {
    Schools::with(async |schools| {
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let mut number = 0;
        for case in 0..CASES as usize {
            let mut tree = drafts().new_tree(&mut runner).unwrap();
            number += 1;
            let Some(mut shown) = faults(schools, &tree.current(), number, case % SHARE).await
            else {
                continue;
            };
            for _ in 0..SIMPLER {
                number += 1;
                let goes_on = match faults(schools, &tree.current(), number, case % SHARE).await {
                    Some(fault) => {
                        shown = fault;
                        tree.simplify()
                    }
                    None => tree.complicate(),
                };
                if !goes_on {
                    break;
                }
            }
            panic!("{shown}");
        }
    })
    .await;
}
