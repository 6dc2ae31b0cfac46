//! Who is in a class, who teaches it and who covers it: what the tables should say, and what they say.

use std::collections::BTreeSet;

use domain::{Roll, SchoolId, Slot};
use event_store::StreamId;
use sqlx::PgConnection;

pub(crate) fn expect(stream: &StreamId, roll: &Roll, lines: &mut BTreeSet<String>) {
    let class_id = stream.aggregate_id;
    for (student_id, periods) in &roll.enrolments {
        for period in periods {
            lines.insert(format!(
                "enrolment {class_id} {student_id} {} {:?}",
                period.from, period.until
            ));
        }
    }
    for (teacher_id, periods) in roll.staff() {
        for period in periods {
            lines.insert(format!(
                "staff {class_id} {teacher_id} {} {:?}",
                period.from, period.until
            ));
        }
    }
    for (teacher_id, covers) in &roll.covers {
        for (slot, period) in covers.iter() {
            let slot = slot.map_or("", Slot::as_str);
            lines.insert(format!(
                "cover {slot} {class_id} {teacher_id} {} {:?}",
                period.from, period.until
            ));
        }
    }
    for (teacher_id, periods) in &roll.teaching {
        for period in periods {
            lines.insert(format!(
                "teaching {class_id} {teacher_id} {} {:?}",
                period.from, period.until
            ));
        }
    }
}

pub(crate) async fn find(
    connection: &mut PgConnection,
    school_id: SchoolId,
    lines: &mut BTreeSet<String>,
) {
    let rows = sqlx::query!(
        r#"select 'enrolment' as "kind!", class_id as "class_id!", student_id as "person!", from_date as "from!",
             until_date from enrolment_periods where school_id = $1
           union all
           select 'teaching', class_id, teacher_id, from_date, until_date from teaching_periods where school_id = $1
           union all
           select 'staff', class_id, teacher_id, from_date, until_date from staff_periods where school_id = $1
           union all
           select 'cover ' || slot, class_id, teacher_id, from_date, until_date from cover_periods
           where school_id = $1"#,
        school_id.as_uuid()
    );
    for row in rows.fetch_all(connection).await.unwrap() {
        lines.insert(format!(
            "{} {} {} {} {:?}",
            row.kind, row.class_id, row.person, row.from, row.until_date
        ));
    }
}
