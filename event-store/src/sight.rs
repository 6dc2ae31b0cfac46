//! What a connection's role can see: row-level security hides rows without a word, so whoever must have all of them asks
//! first.

use domain::SchoolId;
use sqlx::PgConnection;

/// The role sees only the events of another school or of none, or only of one where all are meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the role {role} does not see all the events that are asked for")]
pub struct RoleSeesTooLittle {
    /// The current role.
    pub role: String,
}

/// Checks that no event of any school is hidden.
pub(crate) async fn of_every_school(
    connection: &mut PgConnection,
) -> sqlx::Result<Result<(), RoleSeesTooLittle>> {
    let role = sqlx::query!(
        r#"select current_user::text as "name!", not row_security_active('events')
            or pg_has_role(current_user, 'muster_worker', 'usage') as "sees_enough!""#
    )
    .fetch_one(connection)
    .await?;
    Ok(judge(role.sees_enough, role.name))
}

/// Checks that no event of the school is hidden.
pub(crate) async fn of_school(
    connection: &mut PgConnection,
    school: SchoolId,
) -> sqlx::Result<Result<(), RoleSeesTooLittle>> {
    let role = sqlx::query!(
        r#"select current_user::text as "name!", not row_security_active('events')
            or pg_has_role(current_user, 'muster_worker', 'usage')
            or pg_has_role(current_user, 'muster_app', 'usage') and current_school() is not distinct from $1
            as "sees_enough!""#,
        school.as_uuid()
    )
    .fetch_one(connection)
    .await?;
    Ok(judge(role.sees_enough, role.name))
}

fn judge(sees_enough: bool, role: String) -> Result<(), RoleSeesTooLittle> {
    if sees_enough {
        Ok(())
    } else {
        Err(RoleSeesTooLittle { role })
    }
}
