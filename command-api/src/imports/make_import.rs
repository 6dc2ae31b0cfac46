//! `POST /imports`.

use actix_web::web::{Data, Json, Payload, Query};
use actix_web::{HttpRequest, post};
use platform::auth::{Caller, Role};
use platform::problem::{Problem, Slug};
use platform::server::Services;
use serde::Deserialize;
use tokio::runtime::Handle;
use utoipa::{IntoParams, ToSchema};

use super::answer::ImportAnswer;
use super::body::{self, MOST_UNPACKED};
use super::running::{Running, another_import};
use crate::oneroster::{
    self, EndDates, FilesError, Findings, Options, Origin, Outcome, RosterFiles, SentFile, Store,
    Wanted,
};

/// How to import.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportParameters {
    /// Say what would change and keep nothing.
    #[serde(default)]
    preview: bool,
    /// Whether end dates in the files are the first day after (`exclusive`, as the standard says) or the last day.
    #[serde(default)]
    #[param(inline)]
    end_dates: StatedEndDates,
    /// What the file is called, for the list of imports.
    file_name: Option<String>,
}

/// How the files' end dates are meant.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StatedEndDates {
    /// The first day after.
    #[default]
    Exclusive,
    /// The last day.
    Inclusive,
}

impl From<StatedEndDates> for EndDates {
    fn from(stated: StatedEndDates) -> Self {
        match stated {
            StatedEndDates::Exclusive => Self::Exclusive,
            StatedEndDates::Inclusive => Self::Inclusive,
        }
    }
}

/// Import the school's roster, or say what an import would do.
///
/// The body is a zip archive of OneRoster CSV files, version 1.1 or 1.2. All of it is checked first: if anything is wrong,
/// the outcome is `refused` and nothing is changed. Only the caller's own school is imported. The same file a second time
/// changes nothing, so a request whose answer was lost is simply sent again; one that was begun ends even if the
/// connection does not. New teachers get accounts without a password: PATCH /users sets one.
#[utoipa::path(
    tag = "imports",
    params(ImportParameters),
    request_body(content = String, content_type = "application/zip", description = "At most 16 MiB, and 64 MiB unpacked"),
    responses(
        (status = 200, description = "What was done, or would be: also that the files are wrong", body = ImportAnswer),
        (status = 400, description = "`malformed`: no zip archive, damaged, or without the files; an unknown parameter", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`token-invalid`, `token-expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only the office", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too-large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported-media`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`busy`: another import of the school is running", body = Problem, content_type = "application/problem+json"),
    ),
    security(("access_token" = []))
)]
#[post("/imports")]
pub(crate) async fn make_import(
    caller: Caller,
    services: Data<Services>,
    parameters: Query<ImportParameters>,
    request: HttpRequest,
    payload: Payload,
) -> Result<Json<ImportAnswer>, Problem> {
    caller.require(&[Role::Admin])?;
    let content = body::read(&request, payload.into_inner()).await?;
    let running = Running::begin().await?;
    let import = Import {
        options: options(&caller, &parameters, &content),
        content,
        services: services.into_inner(),
        _running: running,
    };
    // Reading takes a processor for a while, and goes on when nobody waits for the answer any more.
    let handle = Handle::current();
    tokio::task::spawn_blocking(move || handle.block_on(import.run()))
        .await
        .map_err(Problem::internal)?
        .map(Json)
}

fn options(caller: &Caller, parameters: &ImportParameters, content: &[u8]) -> Options {
    Options {
        wanted: Wanted::Own(caller.school_id.into()),
        time_zone: None,
        end_dates: parameters.end_dates.into(),
        dry_run: parameters.preview,
        origin: Origin {
            user: Some(caller.user_id.into()),
            file: Some(SentFile::of(parameters.file_name.as_deref(), content)),
        },
    }
}

/// An import that is running.
struct Import {
    options: Options,
    content: Vec<u8>,
    services: std::sync::Arc<Services>,
    _running: Running,
}

impl Import {
    async fn run(self) -> Result<ImportAnswer, Problem> {
        let files = RosterFiles::of_archive(&self.content, MOST_UNPACKED).map_err(no_roster)?;
        let store = Store {
            database: &self.services.db,
            clock: &self.services.clock,
            fingerprint_key: self.services.keyring.fingerprint_key(),
        };
        let outcome = oneroster::import(store, &files, &self.options, |_| ())
            .await
            .map_err(failed)?;
        match outcome {
            Outcome::Imported(summary) => {
                Ok(ImportAnswer::imported(self.options.dry_run, &summary))
            }
            Outcome::Refused(findings) => {
                if !self.options.dry_run {
                    self.remember_refused(&findings).await?;
                }
                Ok(ImportAnswer::refused(self.options.dry_run, &findings))
            }
        }
    }

    async fn remember_refused(&self, findings: &Findings) -> Result<(), Problem> {
        let Wanted::Own(school_id) = self.options.wanted else {
            return Ok(());
        };
        let mut transaction = self.services.db.school(school_id.as_uuid()).await?;
        let now = self.services.clock.now();
        let origin = &self.options.origin;
        oneroster::remember_refused(&mut transaction, origin, now, findings.count()).await?;
        transaction.commit().await?;
        Ok(())
    }
}

fn no_roster(error: FilesError) -> Problem {
    let slug = match error {
        FilesError::TooLarge(_) => Slug::TooLarge,
        FilesError::NoArchive(_)
        | FilesError::Damaged(_)
        | FilesError::Unreadable { .. }
        | FilesError::Folder(_)
        | FilesError::Twice(_)
        | FilesError::NoFiles => Slug::Malformed,
    };
    Problem::new(slug).detail(format!("This is no roster to import: {error}."))
}

fn failed(error: anyhow::Error) -> Problem {
    if oneroster::is_another_import(&error) {
        return another_import();
    }
    // Its own text is the context; the causes follow it in the log.
    let cause: Box<dyn std::error::Error + Send + Sync> = error.into();
    Problem::internal(Failed(cause))
}

/// An import that the database stopped.
#[derive(Debug, thiserror::Error)]
#[error("an import failed")]
struct Failed(#[source] Box<dyn std::error::Error + Send + Sync>);
