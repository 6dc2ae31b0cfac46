//! Whoever follows the changes hears each of them once it can be read, and nothing that is not theirs to hear.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use anyhow::{Context, Result};
use chrono::{NaiveDate, TimeDelta};
use projections::{Projection, rebuild};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tests::caller::Caller;
use tests::outbox::{Outbox, SessionRef};
use tests::school::{
    AUDITOR, CHEBET, Class, EAST, MUTISO, NORTH, OFFICE, OTIENO, WANJIRU, WEST, days_ago,
    start_time, today,
};
use tests::system::TestSystem;
use tokio::task::JoinSet;

/// Closing an account takes effect within five seconds.
const AT_ONCE: Duration = Duration::from_secs(5);

/// Somebody who marks, and what they mark with.
struct Marker {
    caller: Caller,
    outbox: Outbox,
}

impl Marker {
    fn new(caller: &Caller, seed: u64) -> Self {
        Self {
            caller: caller.clone(),
            outbox: Outbox::new(seed, start_time()),
        }
    }

    /// Marks a student of the class, and waits until that can be read. Answers with the id of the session.
    async fn mark(&mut self, system: &TestSystem, class: &Class, day: NaiveDate) -> Result<String> {
        self.mark_in(system, &class.session(day), class.students()[0], "absent")
            .await
    }

    async fn mark_in(
        &mut self,
        system: &TestSystem,
        session: &SessionRef,
        student: uuid::Uuid,
        status: &str,
    ) -> Result<String> {
        self.outbox.mark(session, student, status);
        let answer = self.send(system).await?;
        let session_id = answer["results"][0]["session_id"].as_str();
        Ok(session_id.context("no session")?.to_owned())
    }

    async fn push(&mut self, system: &TestSystem, kind: &str, fields: Value) -> Result<()> {
        self.outbox.push(kind, fields);
        self.send(system).await.map(drop)
    }

    async fn send(&mut self, system: &TestSystem) -> Result<Value> {
        let answer = self.caller.send_accepted(&mut self.outbox).await?;
        system.settle().await?;
        Ok(answer)
    }
}

#[tokio::test]
async fn a_mark_is_heard_by_those_who_have_the_register_open() -> Result<()> {
    let system = TestSystem::start().await?;
    let office = system.sign_in(&OFFICE).await?;
    let mut wanjiru = Marker::new(&system.sign_in(&WANJIRU).await?, 61);
    let mut open = [
        office.follow_changes(None).await?,
        system.sign_in(&OTIENO).await?.follow_changes(None).await?,
    ];
    for stream in &mut open {
        let hello = stream.event().await?;
        assert_eq!(hello.name, "hello");
        assert_eq!(hello.data, json!({ "reason": "started" }));
    }
    let session_id = wanjiru.mark(&system, &EAST, today()).await?;
    let registers = office.sessions(&[]).await?.expect(200)?.json()?;
    for stream in &mut open {
        let change = stream.event().await?;
        assert_eq!(change.name, "message");
        assert_eq!(change.id, registers["items"][0]["changed_position"]);
        assert_eq!(
            change.data,
            json!({
                "session_id": session_id, "class_id": EAST.id(), "date": today(), "subject_id": null, "slot": null,
                "changed_position": change.id, "reason": "changed",
            })
        );
    }
    Ok(())
}

/// Each register and where it changed last, as the list says.
async fn registers(office: &Caller) -> Result<HashMap<String, String>> {
    let list = office.sessions(&[]).await?.expect(200)?.json()?;
    let items = list["items"].as_array().into_iter().flatten();
    let pair = |item: &Value| {
        let text = |name: &str| item[name].as_str().map(str::to_owned);
        text("id").zip(text("changed_position"))
    };
    items.map(pair).collect::<Option<_>>().context("no list")
}

#[tokio::test]
async fn whoever_resumes_hears_every_change_and_none_twice() -> Result<()> {
    for seed in 0..4 {
        let mut random = SmallRng::seed_from_u64(seed);
        let system = TestSystem::start().await?;
        let office = system.sign_in(&OFFICE).await?;
        let mut marker = Marker::new(&office, 100 + seed);
        let mut last_id = office.follow_changes(None).await?.event().await?.id;
        let (mut told, mut heard) = (HashMap::new(), HashSet::new());
        for round in 0..8 {
            for _ in 0..random.random_range(0..4) {
                marker
                    .mark(&system, &EAST, days_ago(random.random_range(0..5)))
                    .await?;
            }
            let mut stream = office.follow_changes(Some(&last_id)).await?;
            let hello = stream.event().await?;
            assert_eq!(
                (&hello.name[..], &hello.id),
                ("hello", &last_id),
                "seed {seed}"
            );
            for _ in 0..random.random_range(0..3) {
                marker
                    .mark(&system, &WEST, days_ago(random.random_range(0..5)))
                    .await?;
            }
            let registers = registers(&office).await?;
            // The connection breaks sooner or later, but not the last one.
            let before_it_breaks = if round == 7 {
                usize::MAX
            } else {
                random.random_range(0..4)
            };
            for _ in 0..before_it_breaks {
                if told == registers {
                    break;
                }
                let change = stream
                    .event()
                    .await
                    .with_context(|| format!("seed {seed}"))?;
                let session_id = change.data["session_id"].as_str().context("no session")?;
                assert!(
                    heard.insert((session_id.to_owned(), change.id.clone())),
                    "seed {seed}"
                );
                told.insert(session_id.to_owned(), change.id.clone());
                last_id = change.id;
            }
        }
        assert_eq!(told, registers(&office).await?, "seed {seed}");
    }
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_resumed_begins_anew_and_goes_on() -> Result<()> {
    let system = TestSystem::start().await?;
    let office = system.sign_in(&OFFICE).await?;
    let mut marker = Marker::new(&office, 62);
    marker.mark(&system, &EAST, today()).await?;
    for (id, reason) in [
        ("yesterday", "unreadable"),
        ("1-2", "unreadable"),
        ("9-1-1", "other-epoch"),
        ("1-ffffffff-1", "ahead"),
    ] {
        let mut stream = office.follow_changes(Some(id)).await?;
        let reset = stream.event().await?;
        assert_eq!(reset.name, "reset", "{id}");
        assert_eq!(reset.data, json!({ "reason": reason }), "{id}");
        let present: Vec<String> = registers(&office).await?.into_values().collect();
        assert!(present.contains(&reset.id), "{id}: {}", reset.id);
        let session_id = marker.mark(&system, &WEST, today()).await?;
        assert_eq!(stream.event().await?.data["session_id"], session_id, "{id}");
    }
    let mut stream = office.follow_changes(Some("")).await?;
    assert_eq!(stream.event().await?.name, "hello", "nothing is no id");
    Ok(())
}

#[tokio::test]
async fn registers_that_change_together_are_all_heard_again_if_not_all_were() -> Result<()> {
    let system = TestSystem::start().await?;
    let office = system.sign_in(&OFFICE).await?;
    let mut marker = Marker::new(&office, 63);
    let student = EAST.students()[0];
    for slot in ["am", "pm"] {
        let session = SessionRef {
            slot: Some(slot),
            ..EAST.session(today())
        };
        marker.mark_in(&system, &session, student, "absent").await?;
    }
    let mut stream = office.follow_changes(None).await?;
    let hello = stream.event().await?;
    let excuse = json!({
        "exception_id": EAST.id(), "student_id": student, "category": "medical", "start_date": today(),
        "end_date": today(), "reason": "flu",
    });
    marker.push(&system, "RecordException", excuse).await?;
    let both = [stream.event().await?, stream.event().await?];
    assert_eq!(both[0].id, hello.id);
    assert!(both[1].id != hello.id);
    for change in &both {
        assert_eq!(change.data["changed_position"], both[1].id);
    }
    let mut resumed = office.follow_changes(Some(&both[0].id)).await?;
    resumed.event().await?;
    assert_eq!([resumed.event().await?, resumed.event().await?], both);
    Ok(())
}

#[tokio::test]
async fn a_teacher_hears_of_the_classes_they_teach_or_cover_on_the_day() -> Result<()> {
    let system = TestSystem::start().await?;
    let mut marker = Marker::new(&system.sign_in(&OFFICE).await?, 64);
    let mutiso = system.sign_in(&MUTISO).await?;
    let mut live = mutiso.follow_changes(None).await?;
    let hello = live.event().await?;
    marker.mark(&system, &EAST, today()).await?;
    let own = marker.mark(&system, &WEST, today()).await?;
    assert_eq!(live.event().await?.data["session_id"], own);

    let cover = json!({ "class_id": EAST.id(), "teacher_id": MUTISO.id(), "from": today() });
    marker.push(&system, "AssignTeacher", cover).await?;
    marker.mark(&system, &EAST, days_ago(1)).await?;
    let covered = marker.mark(&system, &EAST, today()).await?;
    assert_eq!(live.event().await?.data["session_id"], covered);
    // The same by reading what was missed.
    let mut resumed = mutiso.follow_changes(Some(&hello.id)).await?;
    resumed.event().await?;
    for session_id in [own, covered] {
        assert_eq!(resumed.event().await?.data["session_id"], session_id);
    }
    Ok(())
}

#[tokio::test]
async fn another_school_hears_nothing_and_an_auditor_may_not_listen() -> Result<()> {
    let system = TestSystem::start().await?;
    let chebet = system.sign_in(&CHEBET).await?;
    let mut stream = chebet.follow_changes(None).await?;
    stream.event().await?;
    let mut here = Marker::new(&system.sign_in(&OFFICE).await?, 65);
    here.mark(&system, &EAST, today()).await?;
    let theirs = Marker::new(&chebet, 66)
        .mark(&system, &NORTH, today())
        .await?;
    assert_eq!(stream.event().await?.data["session_id"], theirs);

    let answer = system.sign_in(&AUDITOR).await?.get("/changes", &[]).await?;
    assert_eq!((answer.status, &answer.problem()?[..]), (403, "forbidden"));
    Ok(())
}

#[tokio::test]
async fn what_a_rebuild_mends_is_heard_although_nothing_has_happened() -> Result<()> {
    let system = TestSystem::start().await?;
    let office = system.sign_in(&OFFICE).await?;
    let session_id = Marker::new(&office, 67)
        .mark(&system, &EAST, today())
        .await?;
    let mut stream = office.follow_changes(None).await?;
    stream.event().await?;
    sqlx::query("update read.register_entries set marked_by = $1")
        .bind(MUTISO.id())
        .execute(&mut system.connect().await?)
        .await?;
    rebuild(system.worker_database(), Projection::Attendance).await?;
    assert_eq!(stream.event().await?.data["session_id"], session_id);
    Ok(())
}

#[tokio::test]
async fn a_stream_ends_with_its_token() -> Result<()> {
    let system = TestSystem::start().await?;
    let mut stream = system.sign_in(&OFFICE).await?.follow_changes(None).await?;
    stream.event().await?;
    system.clock().set(start_time() + TimeDelta::minutes(15));
    stream.end(AT_ONCE).await
}

#[tokio::test]
async fn a_stream_ends_when_the_account_is_closed_or_becomes_another() -> Result<()> {
    let system = TestSystem::start().await?;
    for (person, change) in [
        (
            WANJIRU,
            "update users set disabled = true where user_id = $1",
        ),
        (
            OTIENO,
            "update users set role = 'auditor' where user_id = $1",
        ),
    ] {
        let mut stream = system.sign_in(&person).await?.follow_changes(None).await?;
        stream.event().await?;
        let changed = sqlx::query(change).bind(person.id());
        changed.execute(&mut system.connect().await?).await?;
        stream.end(AT_ONCE).await.context(person.name)?;
    }
    Ok(())
}

#[tokio::test]
async fn streams_that_wait_hold_no_connection() -> Result<()> {
    let system = TestSystem::start().await?;
    let mut streams = Vec::new();
    for person in [OFFICE, WANJIRU, OTIENO] {
        let caller = system.sign_in(&person).await?;
        for _ in 0..5 {
            let mut stream = caller.follow_changes(None).await?;
            stream.event().await?;
            streams.push(stream);
        }
    }
    let mut marker = Marker::new(&system.sign_in(&OFFICE).await?, 68);
    let mut asking = JoinSet::new();
    for _ in 0..6 {
        let caller = marker.caller.clone();
        asking.spawn(async move { caller.roster().await?.expect(200) });
    }
    for answer in asking.join_all().await {
        answer?;
    }
    let session_id = marker.mark(&system, &EAST, today()).await?;
    for stream in &mut streams {
        assert_eq!(stream.event().await?.data["session_id"], session_id);
    }
    Ok(())
}

#[tokio::test]
async fn one_person_has_so_many_streams_and_gives_them_back() -> Result<()> {
    let system = TestSystem::start().await?;
    let office = system.sign_in(&OFFICE).await?;
    let mut streams = Vec::new();
    for _ in 0..8 {
        streams.push(office.follow_changes(None).await?);
    }
    let refused = office.get("/changes", &[]).await?;
    assert_eq!(
        (refused.status, &refused.problem()?[..]),
        (429, "rate-limited")
    );
    assert_eq!(refused.header("retry-after"), "20");
    // Somebody else is not in the way.
    system.sign_in(&WANJIRU).await?.follow_changes(None).await?;

    streams.pop();
    let coming_back = async { while office.follow_changes(None).await.is_err() {} };
    tokio::time::timeout(AT_ONCE, coming_back)
        .await
        .context("a closed connection keeps its place")
}

#[tokio::test]
async fn a_quiet_stream_says_every_twenty_seconds_that_it_is_there() -> Result<()> {
    let system = TestSystem::start().await?;
    let mut stream = system.sign_in(&OFFICE).await?.follow_changes(None).await?;
    stream.event().await?;
    stream.comment(Duration::from_secs(25)).await
}
