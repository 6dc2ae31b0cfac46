//! What the store holds already, for files that say only what changed.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use chrono::NaiveDate;
use domain::{ClassId, SchoolId, StudentId, TermId, UserId};
use platform::database::Database;

/// The schools of a run that exist, by sourcedId, and the owners of the codes it asks for.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) schools: HashMap<String, KnownSchool>,
    pub(crate) code_owners: HashMap<String, SchoolId>,
}

/// One school as it is in the store.
#[derive(Debug, Default)]
pub(crate) struct KnownSchool {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) terms: HashMap<TermId, NaiveDate>,
    /// Every class with the first day of its earliest term.
    pub(crate) classes: HashMap<ClassId, Option<NaiveDate>>,
    pub(crate) students: HashSet<StudentId>,
    /// Every account's name, in lower case as sign-in reads it, with whose it is.
    pub(crate) usernames: HashMap<String, UserId>,
}

impl KnownSchool {
    pub(crate) fn has_staff(&self, user: UserId) -> bool {
        self.usernames.values().any(|known| *known == user)
    }
}

impl Known {
    /// Looks up every org and code that a run mentions.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) async fn load<'a>(
        database: &Database,
        orgs: impl Iterator<Item = &'a str>,
        codes: impl Iterator<Item = &'a str>,
    ) -> Result<Self> {
        let mut known = Self::default();
        for code in codes {
            let owner = sqlx::query_scalar!("select find_school($1)", code)
                .fetch_one(database.pool())
                .await?;
            if let Some(owner) = owner {
                known.code_owners.insert(code.to_owned(), owner.into());
            }
        }
        for org in orgs {
            if let Some(school) = load_school(database, SchoolId::of_org(org)).await? {
                known.schools.insert(org.to_owned(), school);
            }
        }
        Ok(known)
    }
}

async fn load_school(database: &Database, school_id: SchoolId) -> Result<Option<KnownSchool>> {
    let school_id = school_id.as_uuid();
    let mut transaction = database.read_school(school_id).await?;
    let Some(row) = sqlx::query!(
        "select code, name from schools where school_id = $1",
        school_id
    )
    .fetch_optional(&mut *transaction)
    .await?
    else {
        return Ok(None);
    };
    let terms = sqlx::query!(
        "select term_id, starts_on from terms where school_id = $1",
        school_id
    )
    .fetch_all(&mut *transaction)
    .await?;
    let classes = sqlx::query!(
        "select c.class_id, min(t.starts_on) as first_day
         from classes c
         left join class_terms ct on ct.school_id = c.school_id and ct.class_id = c.class_id
         left join terms t on t.school_id = ct.school_id and t.term_id = ct.term_id
         where c.school_id = $1 group by c.class_id",
        school_id
    )
    .fetch_all(&mut *transaction)
    .await?;
    let students = sqlx::query_scalar!(
        "select student_id from students where school_id = $1",
        school_id
    )
    .fetch_all(&mut *transaction)
    .await?;
    let users = sqlx::query!(
        r#"select user_id, lower(username) as "username!" from users where school_id = $1"#,
        school_id
    )
    .fetch_all(&mut *transaction)
    .await?;
    Ok(Some(KnownSchool {
        code: row.code,
        name: row.name,
        terms: terms
            .into_iter()
            .map(|term| (term.term_id.into(), term.starts_on))
            .collect(),
        classes: classes
            .into_iter()
            .map(|class| (class.class_id.into(), class.first_day))
            .collect(),
        students: students.into_iter().map(StudentId::from).collect(),
        usernames: users
            .into_iter()
            .map(|user| (user.username, user.user_id.into()))
            .collect(),
    }))
}
