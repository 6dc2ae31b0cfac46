//! What the registers of a class on a day add up to, for every class and day of a range.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::date_range::DateRange;
use crate::tally::Tally;

/// A class on a day.
pub(crate) struct ClassDay {
    pub(crate) date: NaiveDate,
    pub(crate) class_id: Uuid,
    pub(crate) title: Option<String>,
    /// How many registers there are that are not void.
    pub(crate) registers: i64,
    pub(crate) tally: Tally,
}

struct Row {
    date: NaiveDate,
    class_id: Uuid,
    title: Option<String>,
    registers: i64,
    present: i64,
    absent: i64,
    late: i64,
    excused: i64,
    unmarked: i64,
    without_entry: i64,
}

/// Every class and day with a register that is not void, by day and title. Unmarked are those on the roster of the date
/// without an entry too.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn class_days(
    connection: &mut PgConnection,
    school_id: Uuid,
    days: DateRange,
) -> Result<Vec<ClassDay>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select r.date, r.class_id, c.title as "title?", count(*) as "registers!", sum(r.present) as "present!",
               sum(r.absent) as "absent!", sum(r.late) as "late!", sum(r.excused) as "excused!",
               sum(r.unmarked) as "unmarked!", sum(n.students)::bigint as "without_entry!"
        from register_sessions r
        cross join lateral (
            select count(*) as students from enrolment_periods p
            where p.school_id = r.school_id and p.class_id = r.class_id
              and p.from_date <= r.date and (p.until_date is null or p.until_date > r.date)
              and not exists (
                  select from register_entries e
                  where e.school_id = r.school_id and e.session_id = r.session_id and e.student_id = p.student_id
              )
        ) n
        left join classes c on c.school_id = r.school_id and c.class_id = r.class_id
        where r.school_id = $1 and r.date between $2 and $3 and not r.void
        group by r.date, r.class_id, c.title
        order by r.date, c.title, r.class_id
        "#,
        school_id,
        days.from,
        days.to,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(ClassDay::from).collect())
}

impl From<Row> for ClassDay {
    fn from(row: Row) -> Self {
        Self {
            date: row.date,
            class_id: row.class_id,
            title: row.title,
            registers: row.registers,
            tally: Tally {
                present: row.present,
                absent: row.absent,
                late: row.late,
                excused: row.excused,
                unmarked: row.unmarked + row.without_entry,
            },
        }
    }
}
