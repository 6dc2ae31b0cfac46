//! A child's parents ask what the school holds of their child, and then that it is forgotten.

mod installation;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use platform::keyring::KeyRing;
use serde_json::{Value, json};
use tests::enrolment;
use tests::outbox::Outbox;
use tests::school::{EAST, OFFICE, RIVERSIDE, WANJIRU, days_ago, school_code, start_time, today};
use uuid::Uuid;

use installation::{Installation, everything, everything_opened, laid_out, restored};

/// A name as somebody types it into an address.
const TYPED: &str = "Nanjala";
const REMARK: &str = "asthma since Monday";
const REASON: &str = "operation on the left knee";
const REFUSED: &str = "cried in the corridor";
const OF_ANOTHER: &str = "had no shoes";
/// Said in commands that were refused, each of which names the child in another way.
const REFUSED_ALSO: [&str; 3] = [
    "the knee is worse",
    "fell off the swing",
    "no doctor has seen it",
];
const EXCEPTION: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);

/// A register with remarks about two students, an exception of the first, and a refused mark. Answers the session.
async fn write_about(installation: &Installation, student: Uuid, another: Uuid) -> Result<String> {
    let anonymous = installation.anonymous()?;
    enrolment::enrol_everybody(&anonymous).await?;
    let session = EAST.session(today());
    let wanjiru = anonymous.sign_in(&WANJIRU).await?;
    let mut outbox = Outbox::new(81, start_time());
    for (student_id, remarks) in [(student, REMARK), (another, OF_ANOTHER)] {
        outbox.push(
            "MarkAttendance",
            mark(&session.to_json(), student_id, "absent", remarks),
        );
    }
    let answer = installation.send(&wanjiru, &mut outbox).await?;
    outbox.push(
        "MarkAttendance",
        mark(&session.to_json(), student, "asleep", REFUSED),
    );
    wanjiru.send(&mut outbox).await?.expect(200)?;

    let office = anonymous.sign_in(&OFFICE).await?;
    let mut desk = Outbox::new(82, start_time());
    let [amended, unknown_member, too_early] = REFUSED_ALSO;
    // Before anybody knows whom the exception is about.
    desk.push(
        "RejectException",
        json!({ "exception_id": EXCEPTION, "reason": too_early }),
    );
    office.send(&mut desk).await?.expect(200)?;
    desk.push(
        "RecordException",
        json!({
            "exception_id": EXCEPTION,
            "student_id": student, "category": "medical", "reason": REASON,
            "start_date": today(), "end_date": today(),
        }),
    );
    installation.send(&office, &mut desk).await?;
    // One that names the student only by the exception, and one with words in a member that no command has.
    desk.push(
        "AmendException",
        json!({ "exception_id": EXCEPTION, "reason": amended, "start_date": "soon" }),
    );
    let mut tomorrow = session.to_json();
    tomorrow["date"] = json!(today() + chrono::TimeDelta::days(1));
    desk.push(
        "MarkAttendance",
        json!({ "session": tomorrow, "student_id": student, "status": "absent", "why": unknown_member }),
    );
    office.send(&mut desk).await?.expect(200)?;
    let session_id = answer["results"][0]["session_id"].as_str();
    Ok(session_id.context("a session")?.to_owned())
}

/// Somebody who looks for a child types the name where ids and words of the API belong.
async fn type_a_name(installation: &Installation) -> Result<()> {
    let office = installation.anonymous()?.sign_in(&OFFICE).await?;
    let (from, to) = (days_ago(7).to_string(), today().to_string());
    let week = [("from", from.as_str()), ("to", to.as_str())];
    for path in [format!("/students/{TYPED}"), format!("/{TYPED}")] {
        office.get(&path, &[]).await?.expect(404)?;
    }
    let lower_case = TYPED.to_lowercase();
    for (parameter, status) in [
        (("student_id", TYPED), 422),
        (("slot", &lower_case), 200),
        (("status", &lower_case), 422),
        ((TYPED, "1"), 422),
    ] {
        let query = [&week[..], &[parameter]].concat();
        office.get("/records", &query).await?.expect(status)?;
    }
    Ok(())
}

fn mark(session: &Value, student_id: Uuid, status: &str, remarks: &str) -> Value {
    json!({ "session": session, "student_id": student_id, "status": status, "remarks": remarks })
}

fn row_of(register: &Value, student: Uuid) -> &Value {
    let mut students = register["students"].as_array().into_iter().flatten();
    let row = students.find(|row| row["student_id"] == json!(student));
    row.unwrap_or(&Value::Null)
}

/// The child whom it is about, and what there is of them before.
struct Child {
    school: String,
    student: Uuid,
    another: Uuid,
    session_id: String,
    name: String,
    key: String,
}

impl Child {
    async fn of(installation: &Installation) -> Result<Self> {
        let (student, another) = (EAST.students()[0], EAST.students()[1]);
        let session_id = write_about(installation, student, another).await?;
        let mut connection = installation.database.connect().await?;
        let name: String = sqlx::query_scalar("select name from students where student_id = $1")
            .bind(student)
            .fetch_one(&mut connection)
            .await?;
        let query =
            "select encode(wrapped_key, 'hex') from keyring.text_keys where subject_id = $1";
        let key = sqlx::query_scalar(query)
            .bind(student)
            .fetch_one(&mut connection)
            .await?;
        Ok(Self {
            school: school_code(RIVERSIDE),
            student,
            another,
            session_id,
            name,
            key,
        })
    }

    /// Everything that is to be gone.
    fn known(&self) -> [&str; 5] {
        [&self.name, REMARK, REASON, REFUSED, &self.key]
    }

    async fn told(&self, installation: &Installation, more: &[&str]) -> Result<String> {
        let student = self.student.to_string();
        let export = [
            "privacy",
            "export",
            "--school",
            &self.school,
            "--student",
            &student,
        ];
        installation.run(&[&export[..], more].concat()).await
    }

    /// What nobody can read is not told as if it had been erased.
    async fn assert_the_key_file_matters(&self, installation: &Installation) -> Result<()> {
        let other = installation.folder.join("other-keys.json");
        KeyRing::create(&other)?;
        let told = self.told(installation, &["--key-file", path(&other)]).await;
        let refusal = told.err().context("with the wrong keys")?.to_string();
        assert!(
            refusal.contains("cannot be opened with this key file"),
            "{refusal}"
        );
        Ok(())
    }

    async fn erase(&self, installation: &Installation, more: &[&str]) -> Result<String> {
        let student = self.student.to_string();
        let erase = [
            "privacy",
            "erase",
            "--school",
            &self.school,
            "--student",
            &student,
        ];
        installation.run(&[&erase[..], more].concat()).await
    }

    async fn assert_forgotten(&self, installation: &Installation) -> Result<Value> {
        let register = installation.register(&self.session_id).await?;
        let row = row_of(&register, self.student);
        assert_eq!(
            (&row["name"], &row["mark"]["remarks"]),
            (&json!("—"), &Value::Null)
        );
        assert_eq!(
            row_of(&register, self.another)["mark"]["remarks"],
            OF_ANOTHER
        );
        Ok(register)
    }
}

/// What an auditor took away before.
struct Proof {
    checkpoint: PathBuf,
    public_key: String,
}

impl Proof {
    async fn take(installation: &Installation) -> Result<Self> {
        let checkpoint = installation.folder.join("checkpoint");
        let school = school_code(RIVERSIDE);
        let signed = installation
            .run(&["audit", "checkpoint", "--school", &school])
            .await?;
        std::fs::write(&checkpoint, signed)?;
        let public_key = installation
            .run(&["audit", "public-key"])
            .await?
            .trim()
            .to_owned();
        Ok(Self {
            checkpoint,
            public_key,
        })
    }

    async fn verify(&self, installation: &Installation) -> Result<String> {
        let held = [
            "--checkpoint",
            path(&self.checkpoint),
            "--public-key",
            &self.public_key,
        ];
        installation
            .run(&[&["audit", "verify"], &held[..]].concat())
            .await
    }
}

#[tokio::test]
async fn no_key_that_is_left_opens_a_text_about_who_is_forgotten() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut living = laid_out(folder.path()).await?;
    let child = Child::of(&living).await?;
    child.assert_the_key_file_matters(&living).await?;
    let [amended, unknown_member, too_early] = REFUSED_ALSO;
    let about = [REMARK, REASON, REFUSED, amended, too_early];
    let told = child.told(&living, &[]).await?;
    let opened = everything_opened(&living).await?;
    for text in about {
        assert!(opened.contains(text), "{text}: {opened}");
        assert!(told.contains(text), "{text}: {told}");
    }
    assert!(
        !opened.contains(unknown_member),
        "what no command has is not kept"
    );

    child.erase(&living, &["--yes"]).await?;
    let opened = everything_opened(&living).await?;
    assert!(opened.contains(OF_ANOTHER), "{opened}");
    for text in about {
        assert!(!opened.contains(text), "{text}: {opened}");
    }
    living.stop().await
}

#[tokio::test]
async fn who_is_forgotten_is_in_no_row_no_export_no_log_and_not_after_a_restore() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut living = laid_out(folder.path()).await?;
    let child = Child::of(&living).await?;
    let before = living.register(&child.session_id).await?;
    assert_eq!(row_of(&before, child.student)["mark"]["remarks"], REMARK);
    let told = child.told(&living, &[]).await?;
    for known in &child.known()[..4] {
        assert!(told.contains(known), "{known}: {told}");
    }
    assert!(!told.contains(OF_ANOTHER), "{told}");
    let proof = Proof::take(&living).await?;
    let (data, keys) = (folder.path().join("data"), folder.path().join("keys"));
    living
        .run(&["backup", "--to", path(&data), "--keys-to", path(&keys)])
        .await?;
    let all = everything(&living).await?;
    assert!(all.contains(&child.name) && all.contains(&child.key));

    assert!(
        child
            .erase(&living, &[])
            .await?
            .contains("Nothing was changed")
    );
    assert_eq!(living.register(&child.session_id).await?, before);
    child.erase(&living, &["--yes"]).await?;
    // Also what a phone sends later, under a key that the process still has.
    let wanjiru = living.anonymous()?.sign_in(&WANJIRU).await?;
    let mut outbox = Outbox::new(83, start_time());
    let session = EAST.session(today()).to_json();
    outbox.push(
        "MarkAttendance",
        mark(&session, child.student, "absent", REMARK),
    );
    living.send(&wanjiru, &mut outbox).await?;
    let after = child.assert_forgotten(&living).await?;
    assert_eq!(after["counts"], before["counts"]);
    let told: Value = serde_json::from_str(&child.told(&living, &[]).await?)?;
    assert_eq!(told["recorded"].as_array().map(Vec::len), Some(5), "{told}");
    assert_eq!(
        told["recorded"][1]["content"]["remarks"],
        Value::Null,
        "{told}"
    );

    type_a_name(&living).await?;
    proof.verify(&living).await?;
    let export = folder.path().join("export.ndjson");
    living
        .run(&["audit", "export", "--school", &child.school, path(&export)])
        .await?;
    living.stop().await?;
    living.run(&["audit", "replay"]).await?;
    assert_nothing_is_held(&living, &child, &export).await?;

    let mut with_ledger = restored(folder.path(), &data, &keys, "erasures.ndjson").await?;
    child.assert_forgotten(&with_ledger).await?;
    with_ledger.stop().await?;
    assert_it_is_the_ledger(folder.path(), &data, &keys, &child).await
}

/// Without it nothing is restored, and with an empty one everything comes back.
async fn assert_it_is_the_ledger(
    folder: &Path,
    data: &Path,
    keys: &Path,
    child: &Child,
) -> Result<()> {
    let refused = restored(folder, data, keys, "no-such-ledger").await;
    let refusal = refused.err().context("a ledger that is not there")?;
    assert!(
        refusal.to_string().contains("nothing was restored"),
        "{refusal}"
    );
    let own_keys = folder.join("keys.json");
    let put_aside = folder.join("keys-of-the-store.json");
    std::fs::rename(&own_keys, &put_aside)?;
    let refused = restored(folder, data, keys, "erasures.ndjson").await;
    let refusal = format!("{:#}", refused.err().context("no key file")?);
    assert!(refusal.contains("put the key file back first"), "{refusal}");
    std::fs::rename(&put_aside, &own_keys)?;
    std::fs::write(folder.join("empty.ndjson"), "")?;
    let mut without = restored(folder, data, keys, "empty.ndjson").await?;
    let register = without.register(&child.session_id).await?;
    assert_eq!(row_of(&register, child.student)["mark"]["remarks"], REMARK);
    without.stop().await
}

/// Neither in the database nor in an export, the ledger or a log; neither as text nor as bytes.
async fn assert_nothing_is_held(
    installation: &Installation,
    child: &Child,
    export: &Path,
) -> Result<()> {
    let mut held = everything(installation).await?;
    held.push_str(&std::fs::read_to_string(export)?);
    held.push_str(&std::fs::read_to_string(&installation.erasures)?);
    for entry in std::fs::read_dir(&installation.folder)? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "log") {
            held.push_str(&std::fs::read_to_string(file)?);
        }
    }
    assert!(held.contains("/api/v1/commands"), "the log is among it");
    for gone in child.known().into_iter().chain([TYPED]) {
        for form in [gone.to_owned(), gone.to_lowercase(), hex::encode(gone)] {
            assert!(!held.contains(&form), "{gone} is still there");
        }
    }
    Ok(())
}

/// A path as an argument.
fn path(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}
