//! How long students have been absent from every register, up to today.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use sqlx::PgConnection;
use uuid::Uuid;

use super::school_months::{MonthDays, SchoolMonths};

/// The months that are read of everybody. Who attended in none of them is looked for further back.
const NEWEST: usize = 2;

/// School days in a row on which every register that counts for a student says absent or excused.
#[derive(Debug)]
pub(super) struct Streak {
    pub(super) student_id: Uuid,
    pub(super) days: i64,
    pub(super) since: NaiveDate,
    pub(super) until: NaiveDate,
}

/// A student's days that are gone through from the last one back.
struct Walk {
    enrolled: MonthDays,
    /// The first, the last, and how many.
    streak: Option<(NaiveDate, NaiveDate, i64)>,
    has_ended: bool,
}

impl Walk {
    /// Goes on with the days of a month that is before those gone through.
    fn go_through(&mut self, month: NaiveDate, counted: u32, attended: u32) {
        if self.has_ended || counted == 0 {
            return;
        }
        // The absences after the last day attended: those whose bits are above its bit.
        let after_attended = u32::MAX.checked_shl(u32::BITS - attended.leading_zeros());
        let absent = counted & after_attended.unwrap_or(0);
        self.has_ended = attended != 0;
        if absent == 0 {
            return;
        }
        let day = |bit: u32| month + Days::new(u64::from(bit));
        let (since, last) = (day(absent.trailing_zeros()), day(absent.ilog2()));
        let (until, days) = self
            .streak
            .map_or((last, 0), |(_, until, days)| (until, days));
        self.streak = Some((since, until, days + i64::from(absent.count_ones())));
    }
}

/// The streaks of all who are in a class today and were absent on the last of their days that count.
///
/// # Errors
/// The database does not answer.
pub(super) async fn streaks(
    connection: &mut PgConnection,
    school_id: Uuid,
    school_days: &[NaiveDate],
    today: NaiveDate,
) -> Result<Vec<Streak>, sqlx::Error> {
    let school = SchoolMonths::of(school_days);
    let mut walks = enrolled_today(connection, school_id, &school, today).await?;
    let (older, newest) = school
        .months
        .split_at(school.months.len().saturating_sub(NEWEST));
    go_through(connection, school_id, &school, newest, None, &mut walks).await?;
    let unended: Vec<Uuid> = walks
        .iter()
        .filter(|(_, walk)| !walk.has_ended)
        .map(|(student_id, _)| *student_id)
        .collect();
    if !unended.is_empty() && !older.is_empty() {
        go_through(
            connection,
            school_id,
            &school,
            older,
            Some(&unended),
            &mut walks,
        )
        .await?;
    }
    let streaks = walks.into_iter().filter_map(|(student_id, walk)| {
        walk.streak.map(|(since, until, days)| Streak {
            student_id,
            days,
            since,
            until,
        })
    });
    Ok(streaks.collect())
}

/// Everybody who is in a class today, with all their enrolled days.
async fn enrolled_today(
    connection: &mut PgConnection,
    school_id: Uuid,
    school: &SchoolMonths,
    today: NaiveDate,
) -> Result<BTreeMap<Uuid, Walk>, sqlx::Error> {
    let periods = sqlx::query!(
        "select student_id, from_date, until_date from enrolment_periods where school_id = $1",
        school_id,
    )
    .fetch_all(connection)
    .await?;
    let mut students: BTreeMap<Uuid, (bool, MonthDays)> = BTreeMap::new();
    for period in periods {
        let (is_in_class, days) = students
            .entry(period.student_id)
            .or_insert_with(|| (false, school.none()));
        *is_in_class |=
            period.from_date <= today && period.until_date.is_none_or(|until| until > today);
        days.add(school, period.from_date, period.until_date);
    }
    let in_class = students
        .into_iter()
        .filter(|(_, (is_in_class, _))| *is_in_class);
    let walks = in_class.map(|(student_id, (_, enrolled))| {
        let walk = Walk {
            enrolled,
            streak: None,
            has_ended: false,
        };
        (student_id, walk)
    });
    Ok(walks.collect())
}

/// Goes on through these months, the newest first: of all students, or of some.
async fn go_through(
    connection: &mut PgConnection,
    school_id: Uuid,
    school: &SchoolMonths,
    months: &[NaiveDate],
    students: Option<&[Uuid]>,
    walks: &mut BTreeMap<Uuid, Walk>,
) -> Result<(), sqlx::Error> {
    let rows = sqlx::query!(
        "select student_id, month, counted_days, attended_days
         from student_months
         where school_id = $1 and month = any($2) and ($3::uuid[] is null or student_id = any($3))
         order by month desc",
        school_id,
        months,
        students,
    )
    .fetch_all(connection)
    .await?;
    for row in rows {
        let walk = walks.get_mut(&row.student_id);
        if let Some((walk, place)) = walk.zip(school.place(row.month)) {
            let enrolled = walk.enrolled.of_month(place);
            let counted = row.counted_days.cast_unsigned() & enrolled;
            let attended = row.attended_days.cast_unsigned() & enrolled;
            walk.go_through(row.month, counted, attended);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(months: &[(&str, u32, u32)]) -> (Option<(String, String, i64)>, bool) {
        let mut walk = Walk {
            enrolled: SchoolMonths::of(&[]).none(),
            streak: None,
            has_ended: false,
        };
        for (month, counted, attended) in months {
            walk.go_through(month.parse().unwrap(), *counted, *attended);
        }
        let text = |(since, until, days): (NaiveDate, NaiveDate, i64)| {
            (since.to_string(), until.to_string(), days)
        };
        (walk.streak.map(text), walk.has_ended)
    }

    fn streak(since: &str, until: &str, days: i64) -> Option<(String, String, i64)> {
        Some((since.to_owned(), until.to_owned(), days))
    }

    #[test]
    fn absences_count_back_to_the_last_day_attended() {
        let months = [("2026-11-01", 0b11_0110, 0b00_0010)];
        assert_eq!(walk(&months), (streak("2026-11-03", "2026-11-06", 3), true));
    }

    #[test]
    fn whoever_attended_on_the_last_day_has_no_streak() {
        assert_eq!(walk(&[("2026-11-01", 0b111, 0b100)]), (None, true));
        assert_eq!(walk(&[("2026-01-01", 1 << 30, 1 << 30)]), (None, true));
    }

    #[test]
    fn a_streak_goes_on_through_months_and_through_those_without_days() {
        let months = [
            ("2026-12-01", 0, 0),
            ("2026-11-01", 0b1, 0),
            ("2026-10-01", 1 << 30 | 0b11, 0b10),
            ("2026-09-01", 0b1, 0),
        ];
        assert_eq!(walk(&months), (streak("2026-10-31", "2026-11-01", 2), true));
    }
}
