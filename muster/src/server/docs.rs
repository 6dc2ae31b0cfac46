//! The descriptions of the APIs, for people (`/docs`) and programs (`/openapi.json`).

use actix_web::{HttpResponse, web};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::{SwaggerUi, Url};

/// The description of one API under the name of its file.
#[derive(Clone)]
pub struct Document {
    /// `command-api.json` or `query-api.json`.
    pub name: &'static str,
    /// What the code generates.
    pub openapi: OpenApi,
}

/// The descriptions that are committed in `openapi/`.
#[must_use]
pub fn documents() -> [Document; 2] {
    [
        Document {
            name: "command-api.json",
            openapi: command_api::openapi(),
        },
        Document {
            name: "query-api.json",
            openapi: query_api::openapi(),
        },
    ]
}

pub(super) fn routes(config: &mut web::ServiceConfig) {
    let urls = documents()
        .into_iter()
        .map(|document| {
            (
                Url::from(format!("/openapi/{}", document.name)),
                document.openapi,
            )
        })
        .collect();
    config
        .route("/openapi.json", web::get().to(show_openapi))
        .service(web::redirect("/docs", "/docs/"))
        .service(SwaggerUi::new("/docs/{_:.*}").urls(urls));
}

async fn show_openapi() -> HttpResponse {
    let mut merged = OpenApi::default();
    for document in documents() {
        merged.merge(document.openapi);
    }
    merged.info.title = "Muster".to_owned();
    env!("CARGO_PKG_VERSION").clone_into(&mut merged.info.version);
    HttpResponse::Ok().json(merged)
}
