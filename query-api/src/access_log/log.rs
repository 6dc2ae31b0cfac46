//! Writing down that somebody asks.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::{self, Data};
use chrono::{DateTime, Utc};
use futures::future;
use platform::auth::{Caller, Role};
use platform::problem::Problem;
use platform::server::Services;
use uuid::Uuid;

/// Where the addresses of the API begin.
const BASE: &str = "/api/v1";
/// As much of what was asked is kept; nothing that the API takes is longer.
const LONGEST_PARAMETERS: usize = 2_000;
/// The words that are kept, apart from the names of events: those of the API, and the usual names of a half day. Any other
/// word could be a child's name.
const WORDS: [&str; 22] = [
    "absent", "am", "approved", "class", "closed", "day", "excused", "false", "grade", "late",
    "marks", "open", "pending", "pm", "present", "rejected", "revoked", "subject", "term", "true",
    "unmarked", "week",
];
/// Stands for what no endpoint takes: a name typed where an id belongs would outlive its child's erasure here.
const UNREADABLE: &str = "(unreadable)";

/// Middleware around an endpoint that answers with what is known of students: no admin and no auditor is answered before it
/// is written down, for good, that they asked. Teachers see their own pupils every day and are not followed.
///
/// The entry is a transaction of its own, written while the answer is made, so it costs no time that the answer does not take
/// anyway. If it cannot be written there is no answer. A request that was refused stays in the log.
///
/// # Errors
/// None of its own: what it refuses it answers.
pub(crate) async fn log_access<B: MessageBody + 'static>(
    services: Data<Services>,
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse, Error> {
    // Whoever is nobody is told so by the endpoint itself.
    let access = match request.extract::<Caller>().await {
        Ok(caller) if caller.role != Role::Teacher => Access::new(&services, &caller, &request),
        Ok(_) | Err(_) => return Ok(next.call(request).await?.map_into_boxed_body()),
    };
    let (written, answer) = future::join(access.write(&services), next.call(request)).await;
    let answer = answer?;
    Ok(match written {
        Ok(()) => answer.map_into_boxed_body(),
        Err(error) => ServiceResponse::from_err(Problem::from(error), answer.into_parts().0),
    })
}

/// That somebody asks something.
struct Access {
    caller: Caller,
    at: DateTime<Utc>,
    endpoint: String,
    parameters: String,
    ids: Vec<Uuid>,
}

impl Access {
    fn new(services: &Services, caller: &Caller, request: &ServiceRequest) -> Self {
        let pattern = request.match_pattern().unwrap_or_default();
        let asked = asked(request);
        let ids = asked.iter().filter_map(|(_, value)| value.parse().ok());
        Self {
            caller: *caller,
            at: services.clock.now(),
            endpoint: pattern.strip_prefix(BASE).unwrap_or(&pattern).to_owned(),
            ids: ids.collect(),
            parameters: as_text(&asked),
        }
    }

    async fn write(self, services: &Services) -> Result<(), sqlx::Error> {
        let mut connection = services.db.school(self.caller.school_id).await?;
        sqlx::query!(
            "insert into access_log (school_id, accessed_at, user_id, role, endpoint, parameters, ids)
             values ($1, $2, $3, $4, $5, $6, $7)",
            self.caller.school_id,
            self.at,
            self.caller.user_id,
            self.caller.role.as_str(),
            self.endpoint,
            self.parameters,
            &self.ids,
        )
        .execute(&mut *connection)
        .await?;
        connection.commit().await
    }
}

/// What is asked for: the ids in the path, and the query but for where in a list it goes on.
fn asked(request: &ServiceRequest) -> Vec<(String, String)> {
    let in_path = request.match_info().iter();
    let mut asked: Vec<(String, String)> = in_path
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let query = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let query = query.map(web::Query::into_inner).unwrap_or_default();
    asked.extend(query.into_iter().filter(|(name, _)| name != "cursor"));
    asked
}

/// The parameters as the log keeps them: none but what an endpoint could have taken is written out.
fn as_text(asked: &[(String, String)]) -> String {
    let pairs: Vec<String> = asked
        .iter()
        .map(|(name, value)| match is_readable(name, value) {
            true => format!("{name}={value}"),
            false => UNREADABLE.to_owned(),
        })
        .collect();
    pairs.join("&").chars().take(LONGEST_PARAMETERS).collect()
}

fn is_readable(name: &str, value: &str) -> bool {
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let is_plain = value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_:.+,".contains(&byte));
    let is_counted = value.starts_with(|first: char| first.is_ascii_digit());
    let is_event = name == "type" && value.contains('_');
    let is_word = is_event || WORDS.contains(&value);
    is_name && is_plain && (is_counted || is_word || value.parse::<Uuid>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str, value: &str) -> String {
        as_text(&[(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn what_the_api_takes_is_written_out() {
        let taken = [
            ("student_id", "f47ac10b-58cc-4372-a567-0e02b2c3d479"),
            ("from", "2026-01-05"),
            ("recorded_at", "2026-01-05T08:00:00.123Z"),
            ("limit", "100"),
            ("slot", "am"),
            ("type", "attendance_marked"),
            ("effective_status", "absent"),
        ];
        for (name, value) in taken {
            assert_eq!(written(name, value), format!("{name}={value}"));
        }
    }

    #[test]
    fn a_name_where_an_id_belongs_is_not_kept() {
        let typed = [
            ("student_id", "Amina"),
            ("student_id", "Amina Njoroge"),
            ("date", "Amina"),
            ("slot", "Amina Njoroge"),
            ("slot", "amina"),
            ("type", "Amina"),
            ("status", "amina"),
            ("Amina", "1"),
            ("status", "\0"),
            ("limit", "1 Amina"),
        ];
        for (name, value) in typed {
            assert_eq!(written(name, value), UNREADABLE);
        }
    }
}
