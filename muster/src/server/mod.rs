//! The HTTP servers: which role answers which addresses.

mod app;
mod docs;
mod page;

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use platform::server::{Services, answer, configure_extractors, configure_operations};
use platform::shutdown::Shutdown;
use query_api::Listeners;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{AppExt, scope};

pub use docs::{Document, documents};

/// Where every API is mounted.
const BASE: &str = "/api/v1";
/// For how long requests may go on after the server was asked to stop.
const GRACE_SECONDS: u64 = 10;

/// What one server answers, beside what every server does: health, readiness, metrics and the pages of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything: commands and queries.
    All,
    /// Commands and signing in.
    CommandApi,
    /// Registers, reports and history.
    QueryApi,
    /// Nothing more: a worker that can be watched.
    Projections,
}

impl Role {
    fn routes(self, config: &mut ServiceConfig<'_>) {
        if matches!(self, Self::All | Self::CommandApi) {
            config.configure(command_api::routes);
        }
        if matches!(self, Self::All | Self::QueryApi) {
            config.configure(query_api::routes);
        }
    }

    /// Whether a person who opens the address in a browser gets the teacher's app and the descriptions.
    fn welcomes(self) -> bool {
        matches!(self, Self::All | Self::QueryApi)
    }
}

/// A server for all roles on this listener, to be awaited.
///
/// # Errors
/// The operating system refuses the listener.
pub fn build(listener: TcpListener, services: Services) -> std::io::Result<Server> {
    build_role(listener, services, Role::All, Shutdown::new())
}

/// A server for one role on this listener, to be awaited.
///
/// It does not listen to signals: who runs it stops it, and before that requests `shutdown`, which ends the answers that
/// would never end by themselves.
///
/// # Errors
/// The operating system refuses the listener.
pub fn build_role(
    listener: TcpListener,
    services: Services,
    role: Role,
    shutdown: Shutdown,
) -> std::io::Result<Server> {
    let listeners = web::Data::new(Listeners::new(&services, shutdown));
    let services = web::Data::new(services);
    let server = HttpServer::new(move || {
        let (app, _) = App::new()
            .app_data(services.clone())
            .app_data(listeners.clone())
            .configure(configure_extractors)
            .configure(configure_operations)
            .into_utoipa_app()
            .service(
                scope::scope(BASE).configure(|config: &mut ServiceConfig<'_>| role.routes(config)),
            )
            .split_for_parts();
        let app = if role.welcomes() {
            app.configure(app::routes).configure(docs::routes)
        } else {
            app
        };
        app.wrap(from_fn(answer))
    });
    Ok(server
        .disable_signals()
        // Whoever closes a connection is gone: a stream that nobody reads must not wait until it has something to say.
        .h1_allow_half_closed(false)
        .shutdown_timeout(GRACE_SECONDS)
        .listen(listener)?
        .run())
}
