//! Every report of random schools says what the reference says.

use platform::auth::Role;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use crate::reference::{Ask, Draft, School, drafts};
use crate::schools::Schools;

/// How many schools.
const CASES: u32 = 200;
/// Each school is asked one in so many of the questions.
const SHARE: usize = 4;
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
    }
    None
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
