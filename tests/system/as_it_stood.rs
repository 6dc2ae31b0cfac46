//! Looking back: what an auditor is shown of a moment is what everybody was shown at it.

mod merges;

use anyhow::{Context, Result};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tests::answer::Answer;
use tests::caller::Caller;
use tests::outbox::Outbox;
use tests::school::{AUDITOR, EAST, OFFICE, OTIENO, Person, WANJIRU, start_time, today};
use tests::system::TestSystem;
use uuid::Uuid;

/// How much happens to a register.
const STEPS: u64 = 24;

/// What somebody was shown at a moment.
struct Shown {
    at: DateTime<Utc>,
    register: Answer,
    report: Value,
}

/// What of an answer depends on more than what is known: where in the order of changes readers stand.
fn comparable(mut register: Value) -> Value {
    for part in [
        "changed_position",
        "recorded_at",
        "occurred_until",
        "moments",
    ] {
        register.as_object_mut().map(|members| members.remove(part));
    }
    register
}

fn text(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Asks until what was recorded by then can be read: tests share a cluster, and a transaction of any holds all back.
async fn ask(auditor: &Caller, path: &str, query: &[(&str, &str)]) -> Result<Answer> {
    loop {
        let answer = auditor.get(path, query).await?;
        if answer.status != 409 {
            return Ok(answer);
        }
        assert_eq!(answer.problem()?, "as-of-too-recent");
    }
}

fn session_id() -> Uuid {
    let key = domain::SessionKey {
        class_id: EAST.id().into(),
        date: today(),
        subject_id: None,
        slot: None,
    };
    let school_id = tests::school::school_id(EAST.school);
    key.session_id(school_id.into()).as_uuid()
}

/// Something happens to the register, or to what excuses in it: often a while ago.
fn something(random: &mut SmallRng, outbox: &mut Outbox) -> Person {
    let session = EAST.session(today());
    let student = EAST.students()[random.random_range(0..3)];
    let statuses = ["present", "absent", "absent", "late", "excused"];
    let status = statuses[random.random_range(0..statuses.len())];
    let by =
        |fields: Value| json!({ "session": session.to_json(), "reason": "because" }).merged(fields);
    let exception_id = Uuid::from_u128(0xe0 + random.random_range(0..2));
    match random.random_range(0..16) {
        0 => drop(outbox.open(&session)),
        1 | 2 => drop(outbox.close(&session)),
        3 => {
            outbox.correct(&session, student, status, "seen");
            return OFFICE;
        }
        4 => {
            outbox.push("ReopenSession", by(json!({})));
            return OFFICE;
        }
        5 => drop(outbox.push("VoidSession", by(json!({})))),
        6 => drop(outbox.push("RestoreSession", by(json!({})))),
        7 | 8 => {
            let fields = json!({
                "exception_id": exception_id, "student_id": student, "category": "medical",
                "start_date": today(), "end_date": today(), "reason": "flu",
            });
            outbox.push("RecordException", fields);
            return OFFICE;
        }
        9 => {
            let fields = json!({ "exception_id": exception_id, "reason": "no letter" });
            outbox.push("RevokeException", fields);
            return OFFICE;
        }
        10 => {
            let fields = json!({ "class_id": EAST.id(), "student_id": student, "until": today() });
            outbox.push("WithdrawStudent", fields);
            return OFFICE;
        }
        11 => {
            let fields = json!({ "class_id": EAST.id(), "student_id": student, "from": today() });
            outbox.push("EnrolStudent", fields);
            return OFFICE;
        }
        _ => drop(outbox.mark(&session, student, status)),
    }
    if random.random() { WANJIRU } else { OTIENO }
}

/// Objects put together.
trait Merged {
    fn merged(self, other: Value) -> Value;
}

impl Merged for Value {
    fn merged(mut self, other: Value) -> Value {
        if let (Some(members), Value::Object(other)) = (self.as_object_mut(), other) {
            members.extend(other);
        }
        self
    }
}

fn report_of_today() -> [(&'static str, String); 3] {
    [
        ("class_id", EAST.id().to_string()),
        ("from", today().to_string()),
        ("to", today().to_string()),
    ]
}

async fn get_report(caller: &Caller) -> Result<Value> {
    let query = report_of_today();
    let query: Vec<_> = query
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    let answer = caller.get("/reports/class-report", &query).await?;
    answer.expect(200)?.json()
}

/// What happens next.
type Happening = fn(&mut SmallRng, &mut Outbox) -> Person;

/// The audited report on today, at a moment.
async fn report_as_of(auditor: &Caller, at: &str) -> Result<Value> {
    let query = report_of_today();
    let mut query: Vec<_> = query
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    query.push(("recorded_at", at));
    let found = ask(auditor, "/audit/reports/class-report", &query).await?;
    found.expect(200)?.json()
}

/// Lets things happen, one after another, and notes what is shown after each.
async fn live_through(system: &TestSystem, seed: u64, happening: Happening) -> Result<Vec<Shown>> {
    let mut random = SmallRng::seed_from_u64(seed);
    let auditor = system.sign_in(&AUDITOR).await?;
    let people = [WANJIRU, OTIENO, OFFICE];
    let mut callers = Vec::new();
    for person in &people {
        callers.push(system.sign_in(person).await?);
    }
    let mut shown = Vec::new();
    for step in 1..=STEPS {
        let at = start_time() + TimeDelta::seconds(20 * i64::try_from(step)?);
        system.clock().set(at);
        let happened = at - TimeDelta::seconds(random.random_range(0..200));
        let mut outbox = Outbox::new(seed * 1_000 + step, happened);
        let person = happening(&mut random, &mut outbox);
        let caller = people.iter().position(|it| it.username == person.username);
        let mut envelope = outbox.take();
        envelope["sent_at"] = json!(text(at));
        let caller = &callers[caller.context("nobody")?];
        caller.commands(&envelope).await?.expect(200)?;
        system.settle().await?;
        shown.push(Shown {
            at,
            register: auditor.session(session_id()).await?,
            report: get_report(&auditor).await?,
        });
    }
    Ok(shown)
}

#[tokio::test]
async fn a_register_and_a_report_are_shown_as_they_stood_at_every_moment() -> Result<()> {
    for seed in [7, 8, 9] {
        let system = TestSystem::start().await?;
        let shown = live_through(&system, seed, something).await?;
        let auditor = system.sign_in(&AUDITOR).await?;
        let register = format!("/audit/sessions/{}/as-of", session_id());
        for then in &shown {
            let at = text(then.at);
            let found = ask(&auditor, &register, &[("recorded_at", &at)]).await?;
            assert_eq!(
                found.status, then.register.status,
                "{seed} at {at}: {}",
                found.body
            );
            if found.status == 200 {
                let (found, expected) =
                    (comparable(found.json()?), comparable(then.register.json()?));
                assert_eq!(found, expected, "{seed} at {at}");
            }
            let found = report_as_of(&auditor, &at).await?;
            assert_eq!(found["then"], then.report, "{seed} at {at}");
            let last = shown.last().context("nothing")?;
            assert_eq!(found["now"], last.report, "{seed} at {at}");
            assert!(found["then"] == found["now"] || found["changes"] != json!([]));
        }
        let query = report_of_today();
        let query: Vec<_> = query
            .iter()
            .map(|(name, value)| (*name, &**value))
            .collect();
        let now = ask(&auditor, "/audit/reports/class-report", &query).await?;
        assert_eq!(now.expect(200)?.json()?["changes"], json!([]));
    }
    Ok(())
}

#[tokio::test]
async fn the_moments_are_those_at_which_something_else_was_shown() -> Result<()> {
    let system = TestSystem::start().await?;
    let shown = live_through(&system, 11, something).await?;
    let auditor = system.sign_in(&AUDITOR).await?;
    let path = format!("/audit/sessions/{}/as-of", session_id());
    let now = ask(&auditor, &path, &[]).await?.expect(200)?.json()?;
    let moments: Vec<&str> = now["moments"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut before = None;
    for then in shown.iter().filter(|then| then.register.status == 200) {
        let register = comparable(then.register.json()?);
        if before.as_ref() != Some(&register) {
            assert!(
                moments.contains(&&*text(then.at)),
                "{} in {moments:?}",
                text(then.at)
            );
        }
        before = Some(register);
    }
    let last = shown.last().context("nothing")?;
    assert_eq!(comparable(now.clone()), comparable(last.register.json()?));
    Ok(())
}

#[tokio::test]
async fn what_had_happened_by_a_moment_is_told_apart_from_what_was_known() -> Result<()> {
    let system = TestSystem::start().await?;
    let (teacher, auditor) = (
        system.sign_in(&WANJIRU).await?,
        system.sign_in(&AUDITOR).await?,
    );
    let (session, student) = (EAST.session(today()), EAST.students()[0]);
    let mut outbox = Outbox::new(61, start_time() - TimeDelta::minutes(30));
    outbox.mark(&session, student, "absent");
    outbox.at(start_time() - TimeDelta::minutes(10));
    outbox.mark(&session, student, "present");
    outbox.at(start_time());
    teacher.send_accepted(&mut outbox).await?;
    system.settle().await?;
    let path = format!("/audit/sessions/{}/as-of", session_id());
    let status = async |until: Option<DateTime<Utc>>| -> Result<Value> {
        let until = until.map(text);
        let query: Vec<(&str, &str)> = until.iter().map(|it| ("occurred_until", &**it)).collect();
        let answer = ask(&auditor, &path, &query).await?.expect(200)?.json()?;
        let students = answer["students"].as_array().into_iter().flatten();
        let mut own = students.filter(|it| it["student_id"] == json!(student));
        Ok(own.next().context("the student")?["effective_status"].clone())
    };
    assert_eq!(status(None).await?, "present");
    assert_eq!(
        status(Some(start_time() - TimeDelta::minutes(20))).await?,
        "absent"
    );
    let before = text(start_time() - TimeDelta::minutes(40));
    let nothing = ask(&auditor, &path, &[("occurred_until", &before)]).await?;
    assert_eq!(
        (nothing.status, nothing.problem()?.as_str()),
        (404, "not-found")
    );
    let later = text(start_time() + TimeDelta::seconds(1));
    let too_recent = auditor.get(&path, &[("recorded_at", &later)]).await?;
    assert_eq!(
        (too_recent.status, too_recent.problem()?.as_str()),
        (409, "as-of-too-recent")
    );
    Ok(())
}

#[tokio::test]
async fn history_says_what_each_event_changed_and_whether_it_counts() -> Result<()> {
    let system = TestSystem::start().await?;
    let (session, student) = (EAST.session(today()), EAST.students()[0]);
    let mut outbox = Outbox::new(62, start_time() - TimeDelta::minutes(10));
    let mark = outbox.mark(&session, student, "present");
    outbox.at(start_time());
    system
        .sign_in(&WANJIRU)
        .await?
        .send_accepted(&mut outbox)
        .await?;
    let mut outbox = Outbox::new(63, start_time() - TimeDelta::minutes(20));
    let close = outbox.close(&session);
    outbox.at(start_time());
    system
        .sign_in(&OTIENO)
        .await?
        .send_accepted(&mut outbox)
        .await?;
    system.settle().await?;
    let path = format!("/audit/sessions/{}/history", session_id());
    for person in [AUDITOR, OFFICE] {
        let history = system
            .sign_in(&person)
            .await?
            .get(&path, &[])
            .await?
            .expect(200)?
            .json()?;
        let (first, second) = (&history["events"][0], &history["events"][1]);
        assert_eq!(first["command_id"], json!(mark));
        assert_eq!(first["register"]["before"], Value::Null);
        assert_eq!(first["register"]["after"]["status"], "open");
        assert_eq!(first["students"][0]["before"], Value::Null);
        assert_eq!(first["students"][0]["after"]["status"], "present");
        assert_eq!(
            (&first["effect_on_arrival"], &first["effect_now"]),
            (&json!("current"), &json!("after_close"))
        );
        assert_eq!(first["changed_by"], json!(close));
        assert_eq!(first["arrived_late"], false);
        assert_eq!(
            (&first["actor"]["name"], &first["actor_role"]),
            (&json!(WANJIRU.name), &json!("teacher"))
        );
        assert_eq!(second["arrived_late"], true);
        assert_eq!(second["students"][0]["before"]["status"], "present");
        assert_eq!(second["students"][0]["after"], Value::Null);
        assert_eq!(second["effect_now"], "closed");
    }
    Ok(())
}
