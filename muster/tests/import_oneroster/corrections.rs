//! What somebody took back, mistyped or left out.

use muster::import::oneroster::{EndDates, Options, Outcome, RosterFiles, Store, import};
use platform::clock::Clock;

use crate::school::{
    KEY, MANIFEST, ROLL, date, delta, folder, import_on, options, periods, run, write,
};
use crate::scratch::Scratch;

/// A folder that says only this of one other file.
fn delta_of(file: &str, rows: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(
        &folder,
        "manifest.csv",
        &format!("{MANIFEST}file.{file},delta\n"),
    );
    write(&folder, &format!("{file}.csv"), rows);
    folder
}

#[tokio::test]
async fn a_delta_without_a_row_changes_nothing() {
    let scratch = Scratch::new().await;
    import_on(&scratch, &folder(ROLL), 2).await;
    assert!(import_on(&scratch, &delta(""), 3).await.is_unchanged());
    scratch.remove().await;
}

#[tokio::test]
async fn a_delta_that_deletes_a_person_or_a_class_ends_the_enrolments() {
    const PERSON: &str = "sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName\n\
                          u3,tobedeleted,true,s,student,,Cate,Njeri\n";
    const CLASS: &str =
        "sourcedId,status,title,schoolSourcedId,termSourcedIds\nc1,tobedeleted,Grade 3,s,t\n";
    let scratch = Scratch::new().await;
    import_on(&scratch, &folder(ROLL), 2).await;
    import_on(&scratch, &delta_of("users", PERSON), 16).await;
    let until = |day| vec![(date("2026-09-01"), Some(date(day)))];
    assert_eq!(periods(&scratch, "c1", "u3").await, until("2026-11-16"));
    assert_eq!(periods(&scratch, "c1", "u2").await, until("2026-12-20"));
    import_on(&scratch, &delta_of("classes", CLASS), 17).await;
    assert_eq!(periods(&scratch, "c1", "u3").await, until("2026-11-16"));
    assert_eq!(periods(&scratch, "c1", "u2").await, until("2026-11-17"));
    scratch.remove().await;
}

#[tokio::test]
async fn a_deleted_row_is_found_by_its_last_day_as_by_the_day_after() {
    const ONE_DAY: &str = "c1,s,u3,student,2026-11-24,2026-11-24\n";
    let scratch = Scratch::new().await;
    let inclusive = Options {
        end_dates: EndDates::Inclusive,
        ..options()
    };
    for (roll, kept) in [
        (folder(&format!("e3,,{ONE_DAY}")), 1),
        (delta(&format!("e3,tobedeleted,{ONE_DAY}")), 0),
    ] {
        let outcome = run(&scratch, roll.path(), &inclusive, 24).await;
        assert!(matches!(outcome, Outcome::Imported(_)), "{outcome:?}");
        assert_eq!(periods(&scratch, "c1", "u3").await.len(), kept);
    }
    scratch.remove().await;
}

#[tokio::test]
async fn a_mistyped_word_of_the_standard_is_said() {
    let scratch = Scratch::new().await;
    let folder = folder(ROLL);
    write(
        &folder,
        "orgs.csv",
        "sourcedId,name,type,identifier\nd,District,distrct,\ns,Hill School,school,HILL\n",
    );
    write(
        &folder,
        "academicSessions.csv",
        "sourcedId,title,type,startDate,endDate\n\
         t,Term 1,trem,2026-09-01,2026-12-20\nx,Holidays,ext:holidays,2026-12-20,2027-01-04\n",
    );
    let Outcome::Refused(findings) = run(&scratch, folder.path(), &options(), 24).await else {
        panic!("imported")
    };
    assert_eq!(
        findings.to_string(),
        "academicSessions.csv, row 2, column type: \"trem\" is none of term, semester, schoolYear, gradingPeriod: \
         write one of them; a word of your own begins with ext:\n\
         orgs.csv, row 2, column type: \"distrct\" is none of department, school, district, local, state, national: \
         write one of them; a word of your own begins with ext:\n"
    );
    scratch.remove().await;
}

#[tokio::test]
async fn cells_that_registers_do_not_need_are_checked_all_the_same() {
    let scratch = Scratch::new().await;
    let folder = tempfile::tempdir().unwrap();
    write(
        &folder,
        "manifest.csv",
        "propertyName,value\noneroster.version,1.2\nfile.roles,delta\n",
    );
    write(
        &folder,
        "roles.csv",
        "sourcedId,status,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\n\
         r1,tobedeleted,u1,tertiary,teacher,2026-99-01,,s\n",
    );
    let Outcome::Refused(findings) = run(&scratch, folder.path(), &options(), 24).await else {
        panic!("imported")
    };
    let findings = findings.to_string();
    for wrong in ["column beginDate", "column roleType"] {
        assert!(findings.contains(wrong), "{findings}");
    }
    scratch.remove().await;
}

/// Whoever could foretell an id could take it, and the import would fail.
#[tokio::test]
async fn nobody_can_foretell_the_ids_without_the_key() {
    let folder = folder(ROLL);
    let files = RosterFiles::open(folder.path()).unwrap();
    let mut ids = Vec::new();
    for fingerprint_key in [KEY, KEY, [8; 32]] {
        let scratch = Scratch::new().await;
        let store = Store {
            database: &scratch.app,
            clock: &Clock::manual("2026-11-24T08:00:00Z".parse().unwrap()),
            fingerprint_key: &fingerprint_key,
        };
        import(store, &files, &options(), |_| ()).await.unwrap();
        let made: Vec<uuid::Uuid> =
            sqlx::query_scalar("select command_id from events order by command_id")
                .fetch_all(scratch.owner.pool())
                .await
                .unwrap();
        ids.push(made);
        scratch.remove().await;
    }
    assert_eq!(ids[0], ids[1]);
    assert!(ids[0].iter().all(|id| !ids[2].contains(id)));
}
