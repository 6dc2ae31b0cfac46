//! A query's look at the read tables of the caller's school.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, HeaderName};
use platform::auth::Caller;
use platform::database::SchoolTransaction;
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use uuid::Uuid;

use crate::freshness::{self, After, Projections};

/// Says that part of what the answer is made of waits behind an event that could not be applied.
pub(crate) const STALE_HEADER: HeaderName = HeaderName::from_static("muster-stale");

/// A read-only transaction for one school, and what is known about the freshness of its tables.
pub(crate) struct Reading {
    pub(crate) connection: SchoolTransaction,
    pub(crate) is_stale: bool,
}

impl Reading {
    /// Waits for the position that the client named, then begins to read.
    ///
    /// # Errors
    /// `not-current` if `projections` do not reach the position in time; `busy` if the database does not answer.
    pub(crate) async fn begin(
        services: &Services,
        caller: &Caller,
        after: After,
        projections: Projections,
    ) -> Result<Self, Problem> {
        Self::begin_for(services, caller, after, projections, None).await
    }

    /// As [`begin`](Self::begin), for an answer from several statements that must be of one moment.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub(crate) async fn of_one_moment(
        services: &Services,
        caller: &Caller,
        after: After,
        projections: Projections,
    ) -> Result<Self, Problem> {
        after.wait(services, caller.school_id, projections).await?;
        let mut connection = services
            .db
            .read_school_at_one_moment(caller.school_id)
            .await?;
        let is_stale =
            freshness::is_stale(&mut connection, caller.school_id, projections, None).await?;
        Ok(Self {
            connection,
            is_stale,
        })
    }

    /// As [`begin`](Self::begin), for a query about one register.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub(crate) async fn begin_for_session(
        services: &Services,
        caller: &Caller,
        after: After,
        projections: Projections,
        session_id: Uuid,
    ) -> Result<Self, Problem> {
        Self::begin_for(services, caller, after, projections, Some(session_id)).await
    }

    /// Begins to read what is never behind, or the next page of what is streamed.
    ///
    /// # Errors
    /// `busy` if the database does not answer.
    pub(crate) async fn at_once(services: &Services, caller: &Caller) -> Result<Self, Problem> {
        Ok(Self {
            connection: services.db.read_school(caller.school_id).await?,
            is_stale: false,
        })
    }

    async fn begin_for(
        services: &Services,
        caller: &Caller,
        after: After,
        projections: Projections,
        session_id: Option<Uuid>,
    ) -> Result<Self, Problem> {
        after.wait(services, caller.school_id, projections).await?;
        let mut connection = services.db.read_school(caller.school_id).await?;
        let is_stale =
            freshness::is_stale(&mut connection, caller.school_id, projections, session_id).await?;
        Ok(Self {
            connection,
            is_stale,
        })
    }

    /// From here on counts students whom the office merged as one: a double is nowhere, and its entries and its time in classes
    /// are those of the student it counts under. The statements stay the same; they find what they read in the schema `merged`
    /// (see its migration). A school without merges keeps reading the tables themselves.
    ///
    /// # Errors
    /// The database does not answer.
    pub(crate) async fn count_merged(&mut self) -> Result<(), sqlx::Error> {
        sqlx::query!(
            "select set_config('search_path', 'merged, public, read', true)
             where exists (select from student_aliases where school_id = $1)",
            self.connection.school_id(),
        )
        .fetch_optional(&mut *self.connection)
        .await?;
        Ok(())
    }

    /// The answer, as JSON that nobody keeps: it is about students.
    pub(crate) fn answer<T: Serialize>(&self, body: &T) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response.insert_header((CACHE_CONTROL, "no-store"));
        if self.is_stale {
            response.insert_header((STALE_HEADER, "true"));
        }
        response.json(body)
    }
}
