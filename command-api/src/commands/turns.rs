//! Who may write to which registers at the same time.
//!
//! An attempt does not wait for others: it reads, decides and appends, and if somebody else appended to one of its streams
//! meanwhile, it is lost. When many write to one register, one could lose again and again. So whoever has lost once
//! tries again alone: it waits until the attempts at those registers that are under way are over, and those that come
//! after it wait for their turn behind it. Waiting holds no transaction id, so it holds back no feed, and the append
//! stays the first write of its transaction. While nobody loses, nobody waits, and asking takes no round trip of its own
//! ([`Facts::load`](crate::facts::Facts::load)).

use domain::{Command, SchoolId};
use sqlx::PgConnection;
use uuid::Uuid;

/// How an attempt goes about registers that others may write to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// At the same time as others, if nobody is alone with them or waits to be.
    WithOthers,
    /// After waiting until nobody else is at them.
    Alone,
}

/// The keys of the database's advisory locks that stand for what the commands are about: sixteen for a school, so that
/// a batch about many classes holds few. Others lock them in the same order, so nobody waits in a circle.
pub(crate) fn keys(school_id: SchoolId, commands: &[&Command]) -> Vec<i64> {
    let mut keys: Vec<i64> = commands
        .iter()
        .map(|command| key(school_id.as_uuid(), subject(school_id, command)))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Which it is follows from the command alone, before a class's only subject is left out.
fn subject(school_id: SchoolId, command: &Command) -> Uuid {
    match command {
        Command::Session(command) => command.session().class_id.as_uuid(),
        Command::Exception(command) => command.exception_id().as_uuid(),
        Command::Roll(command) => command.class_id().as_uuid(),
        Command::Policy(_) | Command::Calendar(_) => school_id.as_uuid(),
        Command::SignOff(command) => command.sign_off_id().as_uuid(),
        Command::Alias(command) => command.student_id().as_uuid(),
    }
}

fn key(school_id: Uuid, subject: Uuid) -> i64 {
    const ONE_OF_SIXTEEN: u64 = 0xf;
    let (_, school) = school_id.as_u64_pair();
    let (_, subject) = subject.as_u64_pair();
    (school & !ONE_OF_SIXTEEN | subject & ONE_OF_SIXTEEN).cast_signed()
}

/// Waits until nobody else is at what the keys stand for, and keeps them to this transaction until its end.
///
/// # Errors
/// The database does not answer, or others take too long.
pub(crate) async fn wait_to_be_alone(
    connection: &mut PgConnection,
    keys: &[i64],
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"select count(pg_advisory_xact_lock(key)::text) as "locked!" from unnest($1::bigint[]) as key"#,
        keys
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::{ApproveException, ExceptionCommand};

    use super::*;

    fn approvals(subjects: impl Iterator<Item = u128>) -> Vec<Command> {
        subjects
            .map(|number| {
                let exception_id = Uuid::from_u128(number).into();
                ExceptionCommand::Approve(ApproveException { exception_id }).into()
            })
            .collect()
    }

    #[test]
    fn a_batch_about_many_things_has_few_keys_in_one_order() {
        let school_id = Uuid::from_u128(7 << 64).into();
        let commands = approvals((0..1_000).rev());
        let keys = keys(school_id, &commands.iter().collect::<Vec<_>>());
        assert_eq!(keys.len(), 16);
        assert!(keys.is_sorted());
    }

    #[test]
    fn schools_share_no_keys() {
        let commands = approvals(0..16);
        let of = |school: u128| {
            let school_id = Uuid::from_u128(school << 8).into();
            keys(school_id, &commands.iter().collect::<Vec<_>>())
        };
        assert!(of(1).iter().all(|key| !of(2).contains(key)));
    }
}
