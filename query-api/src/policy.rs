//! How the school counts: the version of its policy that is in force on a day.

use chrono::NaiveDate;
use platform::problem::{Problem, Slug};
use sqlx::PgConnection;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::parameters::Parameters;
use crate::tally::Tally;

/// The parameter of every report that counts by the policy.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameter; AskedVersion is what is read"
)]
pub(crate) struct PolicyParameters {
    /// The version of the school's policy to count by. If it is missing, the one in force on the report's last day, or
    /// today if that is earlier.
    policy_version: Option<i32>,
}

/// The version that a query names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AskedVersion(Option<i32>);

impl AskedVersion {
    /// Takes `policy_version`.
    pub(crate) fn take(parameters: &mut Parameters) -> Self {
        Self(parameters.optional("policy_version"))
    }
}

/// What an effective status counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CountsAs {
    Present,
    Absent,
    Outside,
}

impl CountsAs {
    fn of(word: &str) -> Self {
        match word {
            "present" => Self::Present,
            "absent" => Self::Absent,
            _ => Self::Outside,
        }
    }
}

/// A version of the school's policy, as far as reports go by it.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    /// None while nobody has made one: the defaults hold then.
    pub(crate) version: Option<i32>,
    present: CountsAs,
    late: CountsAs,
    absent: CountsAs,
    excused: CountsAs,
    /// Chronically absent is who missed at least this share of the enrolled days, in percent.
    pub(crate) chronic_percent: i32,
    /// Of how many enrolled days at least.
    pub(crate) chronic_min_days: i32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            version: None,
            present: CountsAs::Present,
            late: CountsAs::Present,
            absent: CountsAs::Absent,
            excused: CountsAs::Outside,
            chronic_percent: 10,
            chronic_min_days: 10,
        }
    }
}

/// How many entries count as present, and how many as absent.
pub(crate) struct Counted {
    pub(crate) present: u64,
    pub(crate) absent: u64,
}

impl Policy {
    /// The version that was asked for, or else the one in force on the day.
    ///
    /// # Errors
    /// `invalid-field` if the school has no such version.
    pub(crate) async fn in_force(
        connection: &mut PgConnection,
        school_id: Uuid,
        date: NaiveDate,
        asked: AskedVersion,
    ) -> Result<Self, Problem> {
        let row = sqlx::query!(
            "select version, present_counts, late_counts, absent_counts, excused_counts, chronic_percent, chronic_min_days
             from policies
             where school_id = $1 and case when $3::integer is null then valid_from <= $2 else version = $3 end
             order by version desc limit 1",
            school_id,
            date,
            asked.0,
        )
        .fetch_optional(connection)
        .await?;
        match row {
            Some(row) => {
                let words = [
                    &*row.present_counts,
                    &*row.late_counts,
                    &*row.absent_counts,
                    &*row.excused_counts,
                ];
                let chronic = (row.chronic_percent, row.chronic_min_days);
                Ok(Self::of_words(row.version, words, chronic))
            }
            None if asked.0.is_none() => Ok(Self::default()),
            None => Err(Problem::new(Slug::InvalidField)
                .field("/policy_version", "is not a version of the school's policy")),
        }
    }

    /// What every school begins with, and no event has set.
    pub(crate) fn of_the_beginning() -> Self {
        Self {
            version: Some(1),
            ..Self::default()
        }
    }

    /// A version by what it says of present, late, absent and excused entries, and of chronic absence.
    pub(crate) fn of_words(version: i32, words: [&str; 4], chronic: (i32, i32)) -> Self {
        let [present, late, absent, excused] = words.map(CountsAs::of);
        Self {
            version: Some(version),
            present,
            late,
            absent,
            excused,
            chronic_percent: chronic.0,
            chronic_min_days: chronic.1,
        }
    }

    pub(crate) fn counts(&self, tally: &Tally) -> Counted {
        let statuses = [
            (self.present, tally.present),
            (self.late, tally.late),
            (self.absent, tally.absent),
            (self.excused, tally.excused),
        ];
        let counting = |side| {
            let entries = statuses.iter().filter(|(counts_as, _)| *counts_as == side);
            entries.map(|(_, entries)| entries.unsigned_abs()).sum()
        };
        Counted {
            present: counting(CountsAs::Present),
            absent: counting(CountsAs::Absent),
        }
    }
}
