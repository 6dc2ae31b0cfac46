//! Writes the two schools into a migrated database: what an import would write, without the enrolments, which are
//! commands.

use anyhow::Result;
use domain::StudentId;
use platform::auth::password;
use secrecy::SecretString;
use sqlx::PgConnection;

use crate::school::{
    CLASSES, Class, HILLSIDE, PASSWORD, PEOPLE, Person, RIVERSIDE, school_code, school_id,
    term_days, term_id,
};

/// Writes schools, terms, slots, people, classes and students, and marks the store as one for tests, so that the clock
/// may be set.
///
/// # Errors
/// The database refuses.
pub async fn write(connection: &mut PgConnection) -> Result<()> {
    let password_hash = password::hash(SecretString::from(PASSWORD)).await?;
    sqlx::raw_sql("update store set kind = 'test'")
        .execute(&mut *connection)
        .await?;
    for school in [RIVERSIDE, HILLSIDE] {
        write_school(connection, school).await?;
    }
    for person in PEOPLE {
        write_person(connection, &person, &password_hash).await?;
    }
    for class in CLASSES {
        write_class(connection, &class).await?;
    }
    Ok(())
}

async fn write_school(connection: &mut PgConnection, school: &str) -> Result<()> {
    let id = school_id(school);
    sqlx::query!(
        "insert into schools (school_id, sourced_id, code, name, time_zone) values ($1, $2, $3, $4, 'Africa/Nairobi')",
        id,
        school,
        school_code(school),
        format!("{school} primary school"),
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into policies (school_id, version) values ($1, 1)",
        id
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into calendars (school_id, version) values ($1, 1)",
        id
    )
    .execute(&mut *connection)
    .await?;
    let (first, last) = term_days();
    sqlx::query!(
        "insert into terms (school_id, term_id, sourced_id, title, starts_on, ends_on, taught)
         values ($1, $2, 'term-3', 'Term 3', $3, $4, true)",
        id,
        term_id(school),
        first,
        last,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into slots (school_id, slot, title, starts_at, ends_at, sort_order)
         values ($1, 'am', 'Morning', '08:00', '12:00', 1), ($1, 'pm', 'Afternoon', '14:00', '16:00', 2)",
        id,
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

async fn write_person(
    connection: &mut PgConnection,
    person: &Person,
    password_hash: &str,
) -> Result<()> {
    sqlx::query!(
        "insert into users (school_id, user_id, sourced_id, username, name, role, password_hash)
         values ($1, $2, $3, $3, $4, $5, $6)",
        school_id(person.school),
        person.id(),
        person.username,
        person.name,
        person.role,
        password_hash,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_class(connection: &mut PgConnection, class: &Class) -> Result<()> {
    let school = school_id(class.school);
    sqlx::query!(
        "insert into classes (school_id, class_id, sourced_id, title) values ($1, $2, $3, $4)",
        school,
        class.id(),
        class.sourced_id,
        class.title,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into class_terms (school_id, class_id, term_id) values ($1, $2, $3)",
        school,
        class.id(),
        term_id(class.school),
    )
    .execute(&mut *connection)
    .await?;
    for sourced_id in class.student_sourced_ids() {
        sqlx::query!(
            "insert into students (school_id, student_id, sourced_id, name, sort_name, admission_number)
             values ($1, $2, $3, $4, $4, $5)",
            school,
            StudentId::of(class.school, &sourced_id).as_uuid(),
            sourced_id,
            format!("Student {sourced_id}"),
            format!("A-{sourced_id}"),
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
