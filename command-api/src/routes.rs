//! The addresses of this API and their description.

use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_actix_web::AppExt;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::commands::endpoint::send_commands;
use crate::imports::list_imports::list_imports;
use crate::imports::make_import::make_import;
use crate::settings::calendar::{get_calendar, set_calendar};
use crate::settings::policy::{get_policy, set_policy};
use crate::sign_in::login::log_in;
use crate::sign_in::logout::log_out;
use crate::sign_in::own_password::change_own_password;
use crate::sign_in::refresh::refresh_sign_in;
use crate::users::add_user::add_user;
use crate::users::change_user::change_user;
use crate::users::list_users::list_users;

/// Where the routes are mounted.
const BASE: &str = "/api/v1";

/// Adds the routes, relative to the scope they are mounted in. The application must carry
/// [`Services`](platform::server::Services) and the extractors' configuration.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(send_commands)
        .service(log_in)
        .service(refresh_sign_in)
        .service(log_out)
        .service(change_own_password)
        .service(get_policy)
        .service(set_policy)
        .service(get_calendar)
        .service(set_calendar)
        .service(list_users)
        .service(add_user)
        .service(change_user)
        .service(list_imports)
        .service(make_import);
}

/// The OpenAPI document of this API.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let (_, routes) = actix_web::App::new()
        .into_utoipa_app()
        .service(scope(BASE).configure(routes))
        .split_for_parts();
    let mut document = Description::openapi();
    document.merge(routes);
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .build();
    document
        .components
        .get_or_insert_default()
        .add_security_scheme("access_token", SecurityScheme::Http(bearer));
    document
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Muster command API",
        description = "Everything that changes something: commands in batches, and signing in.",
    ),
    tags(
        (name = "commands", description = "What teachers and the school office say happened"),
        (name = "imports", description = "The school's roster from its information system"),
        (name = "settings", description = "How the school counts, and on which days it takes registers"),
        (name = "sign-in", description = "Signing in, staying signed in, signing out"),
        (name = "users", description = "Who may sign in"),
    )
)]
struct Description;

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::Envelope;

    fn document() -> Value {
        serde_json::to_value(openapi()).unwrap()
    }

    #[test]
    fn every_address_is_described() {
        let document = document();
        let paths: Vec<&str> = document["paths"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(
            paths,
            [
                "/api/v1/auth/login",
                "/api/v1/auth/logout",
                "/api/v1/auth/refresh",
                "/api/v1/calendar",
                "/api/v1/commands",
                "/api/v1/imports",
                "/api/v1/me/password",
                "/api/v1/policy",
                "/api/v1/users",
                "/api/v1/users/{user_id}"
            ]
        );
        for path in paths {
            for (method, operation) in document["paths"][path].as_object().unwrap() {
                for field in ["operationId", "summary", "description", "responses", "tags"] {
                    assert!(!operation[field].is_null(), "{method} {path}: {field}");
                }
            }
        }
    }

    #[test]
    fn the_examples_of_a_batch_can_be_read() {
        let document = document();
        let examples = &document["components"]["schemas"]["Envelope"]["examples"];
        let [written_out, dense] = [0, 1].map(|index| {
            let example = examples[index].to_string();
            Envelope::parse(example.as_bytes()).unwrap()
        });
        assert_eq!(
            (written_out.commands.len(), written_out.marks.len()),
            (1, 0)
        );
        assert_eq!((dense.commands.len(), dense.marks.len()), (0, 1));
    }

    #[test]
    fn whatever_a_description_refers_to_is_described() {
        let document = document();
        let text = document.to_string();
        for reference in text.split("#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(!document["components"]["schemas"][name].is_null(), "{name}");
        }
    }
}
