//! Fills an empty store with the demo school and its term.

use anyhow::{Context, Result, bail, ensure};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use command_api::users::{self, NewPassword, NewUser};
use command_api::{Outcome, Sender, submit};
use domain::{Instant, UserId};
use event_store::store::{StoreKind, mark_kind};
use futures::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use platform::auth::Role;
use platform::clock::Clock;
use platform::database::Database;
use platform::keyring::KeyRing;
use platform::server::Services;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::generator::{DemoSchool, SCHOOL_CODE};
use super::history::{self, Arrival};
use super::logins::{AUDITOR, OFFICE, PASSWORD, SEED, teacher};
use super::{calendar, exceptions, today};
use crate::import::oneroster::{self, EndDates, Options, Origin, Wanted};

const AN_HOUR: TimeDelta = TimeDelta::hours(1);
pub(super) const TIME_ZONE: Tz = Tz::Africa__Nairobi;
/// Batches that are under way at once.
const AT_ONCE: usize = 4;

/// What a store holds of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DemoState {
    /// Nothing at all.
    Empty,
    /// Everything.
    Filled,
    /// A part, because filling was interrupted.
    Unfinished,
    /// Something else.
    NotADemo,
}

/// Looks what a store holds. The auditor's account is made last.
pub(crate) async fn state(owner: &Database) -> Result<DemoState> {
    let row = sqlx::query!(
        r#"select kind, exists (select from schools) or exists (select from events) as "used!",
            exists (select from users where username = $1) as "finished!"
        from store"#,
        AUDITOR
    )
    .fetch_one(owner.pool())
    .await
    .context("cannot see what the store holds")?;
    let is_demo = row.kind == StoreKind::Demo.as_str();
    Ok(match (is_demo, row.used, row.finished) {
        (true, _, true) => DemoState::Filled,
        (true, true, false) => DemoState::Unfinished,
        (false, true, _) => DemoState::NotADemo,
        (_, false, _) => DemoState::Empty,
    })
}

/// Fills an empty store, as if the term had been going on until `now`.
pub(crate) async fn fill(
    owner: &Database,
    database: &Database,
    keyring: &KeyRing,
    now: Instant,
    progress: &ProgressBar,
) -> Result<()> {
    let mut connection = owner.pool().acquire().await?;
    mark_kind(&mut connection, StoreKind::Demo)
        .await
        .context("cannot mark the store as a demo")?;
    drop(connection);
    let today = now.with_timezone(&TIME_ZONE).date_naive();
    let school = DemoSchool::generate(SEED, today);
    let clock = Clock::manual(local(school.term_starts - Days::new(1), 9)?);
    import(&school, database, &clock, keyring).await?;
    let office = add(database, OFFICE, "School office", Role::Admin).await?;

    let services = Services::open(database.clone(), clock, keyring.clone())
        .await
        .context("cannot start")?;
    let mut random = StdRng::seed_from_u64(SEED);
    let before_the_term = services.clock.now();
    let planned = calendar::arrival(&school, office, before_the_term, &mut random);
    let refused = send_all(&services, vec![planned], before_the_term + AN_HOUR).await?;
    ensure!(refused == 0, "the calendar was refused");
    live_through_the_term(&services, &school, office, today, &mut random, progress).await?;
    // Nobody marks today's register yesterday, not even shortly after midnight.
    let begins = (now - today::SO_FAR).max(local(today, 0)?);
    let morning = today::arrivals(&school, office, today, begins, &mut random);
    progress.set_message("today");
    let refused = as_they_arrive(&services, morning, now).await?;
    ensure!(
        refused == today::REFUSED,
        "{refused} commands of today were refused instead of {}",
        today::REFUSED
    );

    users::reset_password(
        database,
        &services.clock,
        SCHOOL_CODE,
        &teacher(&school)?.username,
        password()?,
    )
    .await?;
    add(database, AUDITOR, "County auditor", Role::Auditor).await?;
    Ok(())
}

async fn import(
    school: &DemoSchool,
    database: &Database,
    clock: &Clock,
    keyring: &KeyRing,
) -> Result<()> {
    let folder = tempfile::tempdir().context("no place for the school's files")?;
    school.write(folder.path())?;
    let files = oneroster::RosterFiles::open(folder.path())?;
    let store = oneroster::Store {
        database,
        clock,
        fingerprint_key: keyring.fingerprint_key(),
    };
    let options = Options {
        wanted: Wanted::All,
        time_zone: Some(TIME_ZONE),
        end_dates: EndDates::Exclusive,
        dry_run: false,
        origin: Origin::default(),
    };
    match oneroster::import(store, &files, &options, |_| ()).await? {
        oneroster::Outcome::Imported(_) => Ok(()),
        oneroster::Outcome::Refused(findings) => {
            bail!("the demo school's own files are wrong: {findings}")
        }
    }
}

async fn add(database: &Database, username: &str, name: &str, role: Role) -> Result<UserId> {
    let user = NewUser {
        username: username.to_owned(),
        name: name.to_owned(),
        role,
        password: password()?,
    };
    Ok(users::add(database, SCHOOL_CODE, user).await?.into())
}

fn password() -> Result<NewPassword> {
    Ok(NewPassword::parse(PASSWORD.into())?)
}

async fn live_through_the_term(
    services: &Services,
    school: &DemoSchool,
    office: UserId,
    today: NaiveDate,
    random: &mut StdRng,
    progress: &ProgressBar,
) -> Result<()> {
    let days = history::days(school, today);
    progress.set_length(days.len() as u64);
    let noon = |date: NaiveDate| local(date, 12).unwrap_or_default();
    let mut excuses = exceptions::arrivals(school, office, &days, noon, random)
        .into_iter()
        .peekable();
    for date in days {
        progress.set_message(date.to_string());
        let mut arrivals = history::morning(school, date, local(date, 8)?, random);
        arrivals.extend(history::afternoon(school, date, local(date, 14)?, random));
        let evening = local(date, 18)?;
        while let Some(excuse) = excuses.next_if(|excuse| excuse.received_at < evening) {
            arrivals.push(excuse);
        }
        let refused = send_all(services, arrivals, evening).await?;
        ensure!(refused == 0, "{refused} commands of {date} were refused");
        progress.inc(1);
    }
    Ok(())
}

/// Sends batches one after the other, each when its device was done, and none later than now: so the registers of the day
/// have moments to look back to.
async fn as_they_arrive(
    services: &Services,
    mut arrivals: Vec<Arrival>,
    now: Instant,
) -> Result<usize> {
    arrivals.sort_by_key(|arrival| arrival.received_at);
    let mut refused = 0;
    for arrival in arrivals {
        let arrives = arrival.received_at.min(now);
        refused += send_all(services, vec![arrival], arrives).await?;
    }
    ensure!(services.clock.set(now), "the clock cannot be set");
    Ok(refused)
}

/// Sends batches, several at once, while the clock shows `recorded_at`; answers how many commands were refused.
///
/// Batches of one morning are about registers of their own, so it does not matter which is first; what a batch stands
/// on, such as the excuse that another one decides on, is folded by its stamps.
async fn send_all(
    services: &Services,
    arrivals: Vec<Arrival>,
    recorded_at: Instant,
) -> Result<usize> {
    ensure!(services.clock.set(recorded_at), "the clock cannot be set");
    let refused: Vec<usize> = stream::iter(arrivals)
        .map(|arrival| send(services, arrival, recorded_at))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(refused.into_iter().sum())
}

async fn send(services: &Services, arrival: Arrival, received_at: Instant) -> Result<usize> {
    let sender = Sender {
        school_id: DemoSchool::id(),
        actor: arrival.actor,
    };
    let answer = match submit(services, &sender, arrival.envelope, received_at).await {
        Ok(answer) => answer,
        Err(problem) => bail!("a batch was refused: {problem}"),
    };
    for result in &answer.results {
        if !matches!(result.outcome, Outcome::Accepted | Outcome::Rejected) {
            bail!("a command ended as {}", result.outcome.as_str());
        }
    }
    Ok(answer
        .results
        .iter()
        .filter(|result| result.outcome == Outcome::Rejected)
        .count())
}

fn local(date: NaiveDate, hour: u32) -> Result<Instant> {
    let time = NaiveTime::from_hms_opt(hour, 0, 0).context("no such hour")?;
    let moment = TIME_ZONE.from_local_datetime(&date.and_time(time)).single();
    Ok(moment.context("no such local time")?.to_utc())
}
