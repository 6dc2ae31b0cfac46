//! The addresses for whoever runs the server, and the pages that explain problems.

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::metrics::show_metrics;
use super::services::Services;
use crate::problem::{self, Problem, Slug};

/// Adds `/healthz`, `/readyz`, `/metrics`, `/problems` and `/problems/{slug}`.
pub fn configure_operations(config: &mut web::ServiceConfig) {
    config
        .route("/healthz", web::get().to(show_health))
        .route("/readyz", web::get().to(show_readiness))
        .route("/metrics", web::get().to(show_metrics))
        .route("/problems", web::get().to(list_problems))
        .route("/problems/{slug}", web::get().to(show_problem));
}

/// The process runs and answers.
async fn show_health() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "alive" }))
}

/// Requests can be served.
async fn show_readiness(services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    services.readiness.check(&services.db).await?;
    Ok(HttpResponse::Ok().json(json!({ "status": "ready" })))
}

async fn list_problems() -> HttpResponse {
    html(problem::index_page())
}

async fn show_problem(slug: web::Path<String>) -> Result<HttpResponse, Problem> {
    let slug: Slug = slug.parse().map_err(|_| Slug::NotFound)?;
    Ok(html(problem::slug_page(slug)))
}

fn html(page: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
        ))
        .body(page)
}
