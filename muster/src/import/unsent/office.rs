//! Who hands a file in, and whose it is.

use anyhow::bail;
use command_api::users::{self, User};
use domain::{SchoolId, UserId};
use platform::auth::Role;
use platform::database::Database;
use platform::json::FieldError;

use super::{Findings, UnsentFile};

/// The people of a school, seen from its office.
#[derive(Debug, Clone)]
pub struct Office {
    pub(super) school_id: SchoolId,
    pub(super) admin_id: UserId,
    people: Vec<User>,
}

impl Office {
    /// Finds a school by its login code, and who of its admins hands something in.
    ///
    /// # Errors
    /// There is no such school, or no such admin who may sign in; or the database fails.
    pub async fn find(
        database: &Database,
        school_code: &str,
        username: &str,
    ) -> anyhow::Result<Self> {
        let people = users::list(database, school_code).await?;
        let school_id = sqlx::query_scalar!("select find_school($1)", school_code.trim())
            .fetch_one(database.pool())
            .await?;
        let admin = people
            .iter()
            .find(|user| user.username.to_lowercase() == username.trim().to_lowercase());
        match (school_id, admin) {
            (Some(school_id), Some(admin)) if admin.role == Role::Admin && !admin.disabled => {
                Ok(Self {
                    school_id: school_id.into(),
                    admin_id: admin.user_id.into(),
                    people,
                })
            }
            (Some(_), Some(_)) => {
                bail!(
                    "{username} is no admin of the school who may sign in: only the office hands in the work of others"
                )
            }
            (None, _) | (_, None) => bail!("the school has no user {username}"),
        }
    }

    /// Checks that a file is of the school, and from somebody who has work to hand in.
    ///
    /// # Errors
    /// What of it is not.
    pub fn check(&self, file: &UnsentFile) -> Result<(), Findings> {
        if file.school_id != self.school_id {
            return Err(wrong("/school_id", "the file is of another school"));
        }
        match self.person(file.actor_id).map(|person| person.role) {
            Some(Role::Teacher | Role::Admin) => Ok(()),
            Some(Role::Auditor) => Err(wrong("/actor/id", "auditors have no work to hand in")),
            None => Err(wrong("/actor/id", "the school has nobody with this id")),
        }
    }

    /// The name of somebody of the school.
    pub(super) fn name_of(&self, user_id: UserId) -> Option<&str> {
        self.person(user_id).map(|person| person.name.as_str())
    }

    fn person(&self, user_id: UserId) -> Option<&User> {
        let mut people = self.people.iter();
        people.find(|person| person.user_id == user_id.as_uuid())
    }
}

fn wrong(pointer: &str, detail: &str) -> Findings {
    Findings::from(FieldError {
        pointer: pointer.to_owned(),
        detail: detail.to_owned(),
    })
}
