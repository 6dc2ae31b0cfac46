//! Districts of two schools: one of our own making, which is always there, and a real export.

use std::io::Write;
use std::path::{Path, PathBuf};

use muster::import::oneroster::{Outcome, SchoolSummary, import_user};

use crate::generated;
use crate::school::{fold, options, run};
use crate::scratch::Scratch;

/// Schools, students, and rows of enrolments of students and of teachers.
type Totals = [usize; 4];

#[tokio::test]
async fn a_made_up_district_in_the_form_of_real_exports_is_imported() {
    let folder = tempfile::tempdir().unwrap();
    let totals = generated::write(folder.path(), 1);
    assert_is_imported(folder.path(), totals).await;
}

#[tokio::test]
async fn a_real_district_is_imported_where_its_files_are() {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/oneroster-1.1-district");
    if path.exists() {
        assert_is_imported(&path, [2, 1_200, 5_391, 40]).await;
    } else {
        // Not by a macro: the test runner would keep that to itself.
        writeln!(
            std::io::stderr(),
            "NOT TESTED: the real district's files are not at {}; the made-up one was imported instead",
            path.display()
        )
        .unwrap();
    }
}

async fn assert_is_imported(path: &Path, expected: Totals) {
    let scratch = Scratch::new().await;
    let Outcome::Imported(summary) = run(&scratch, path, &options(), 24).await else {
        panic!("refused")
    };
    let total = |count: fn(&SchoolSummary) -> usize| summary.schools.iter().map(count).sum();
    let totals: Totals = [
        summary.schools.len(),
        total(|school| school.students.added),
        total(|school| school.student_enrolments),
        total(|school| school.teacher_enrolments),
    ];
    assert_eq!(totals, expected);
    assert_classes_have_grades(&scratch).await;
    assert_rolls_fold_to_their_tables(&scratch).await;
    let Outcome::Imported(second) = run(&scratch, path, &options(), 25).await else {
        panic!("refused")
    };
    assert!(second.is_unchanged(), "{second}");
    scratch.remove().await;
}

async fn assert_classes_have_grades(scratch: &Scratch) {
    let grades: Vec<String> =
        sqlx::query_scalar("select distinct coalesce(grades, 'none') from classes order by 1")
            .fetch_all(scratch.owner.pool())
            .await
            .unwrap();
    let of_the_real_one = ["01", "02", "03", "04", "05", "06", "07", "08"];
    assert!(
        grades == of_the_real_one || grades == ["03,04"],
        "{grades:?}"
    );
}

async fn assert_rolls_fold_to_their_tables(scratch: &Scratch) {
    let classes: Vec<(uuid::Uuid, uuid::Uuid)> =
        sqlx::query_as("select school_id, class_id from classes")
            .fetch_all(scratch.owner.pool())
            .await
            .unwrap();
    let mut folded = 0;
    for (school_id, class_id) in classes {
        let roll = fold(scratch, school_id.into(), class_id.into()).await;
        folded += roll.enrolments.values().map(Vec::len).sum::<usize>();
    }
    let rows: i64 = sqlx::query_scalar("select count(*) from enrolments")
        .fetch_one(scratch.owner.pool())
        .await
        .unwrap();
    assert_eq!(i64::try_from(folded).unwrap(), rows);
    let actors: Vec<uuid::Uuid> = sqlx::query_scalar("select distinct actor_id from events")
        .fetch_all(scratch.owner.pool())
        .await
        .unwrap();
    assert_eq!(actors, [import_user().as_uuid()]);
}
