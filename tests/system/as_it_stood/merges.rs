//! The same where the office finds students to be one child.

use anyhow::{Context, Result};
use chrono::TimeDelta;
use rand::RngExt;
use rand::rngs::SmallRng;
use serde_json::{Value, json};
use tests::outbox::Outbox;
use tests::school::{AUDITOR, EAST, OFFICE, Person, start_time, today};
use tests::system::TestSystem;

use super::{Happening, live_through, report_as_of, something, text};

/// The office finds students to be one child, in any way that is accepted, or not to be.
fn a_merge(random: &mut SmallRng, outbox: &mut Outbox) -> Person {
    let students = EAST.students();
    let (student_id, into) = (random.random_range(0..4), random.random_range(0..4));
    if random.random_range(0..3) == 0 {
        outbox.push("UndoMerge", json!({ "student_id": students[student_id] }));
    } else {
        let merge = json!({ "student_id": students[student_id], "into": students[into] });
        outbox.push("MergeStudents", merge);
    }
    OFFICE
}

/// Also children are merged, as often as all else happens together.
fn something_or_a_merge(random: &mut SmallRng, outbox: &mut Outbox) -> Person {
    let happening: Happening = if random.random() { a_merge } else { something };
    happening(random, outbox)
}

#[tokio::test]
async fn a_report_counts_whom_the_office_had_merged_by_then_and_tells_of_merges_since() -> Result<()>
{
    for seed in [17, 18, 19] {
        let system = TestSystem::start().await?;
        let shown = live_through(&system, seed, something_or_a_merge).await?;
        let auditor = system.sign_in(&AUDITOR).await?;
        let last = shown.last().context("nothing")?;
        let mut told = 0;
        for then in &shown {
            let at = text(then.at);
            let found = report_as_of(&auditor, &at).await?;
            assert_eq!(found["then"], then.report, "{seed} at {at}");
            assert_eq!(found["now"], last.report, "{seed} at {at}");
            let nothing = (&json!([]), &json!([]));
            let is_same = (&found["changes"], &found["merges"]) == nothing;
            assert!(found["then"] == found["now"] || !is_same, "{seed} at {at}");
            told += found["merges"].as_array().map_or(0, Vec::len);
        }
        assert!(told > 0, "{seed}: nobody was merged");
        assert_eq!(
            report_as_of(&auditor, &text(last.at)).await?["merges"],
            json!([])
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_merge_since_is_told_with_the_names_of_both() -> Result<()> {
    let system = TestSystem::start().await?;
    let office = system.sign_in(&OFFICE).await?;
    let auditor = system.sign_in(&AUDITOR).await?;
    let (double, child) = (EAST.students()[0], EAST.students()[1]);
    let mut outbox = Outbox::new(62, start_time());
    outbox.mark(&EAST.session(today()), double, "present");
    office.send_accepted(&mut outbox).await?;
    let later = start_time() + TimeDelta::minutes(1);
    system.clock().set(later);
    outbox.at(later);
    outbox.push(
        "MergeStudents",
        json!({ "student_id": double, "into": child }),
    );
    office.send_accepted(&mut outbox).await?;
    let found = report_as_of(&auditor, &text(start_time())).await?;
    let expected = json!([{
        "student_id": double, "name": "Student east-01", "before": null,
        "after": { "student_id": child, "name": "Student east-02" },
    }]);
    assert_eq!(found["merges"], expected, "{found}");
    assert_eq!(
        found["changes"],
        json!([]),
        "the register says what it said"
    );
    let students = |report: &Value| report["students"].as_array().map_or(0, Vec::len);
    assert_eq!(students(&found["then"]), students(&found["now"]) + 1);
    Ok(())
}
