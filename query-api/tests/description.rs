//! The OpenAPI document.

use serde_json::Value;

#[test]
fn every_endpoint_is_described_with_its_answer() {
    let description: Value =
        serde_json::from_str(&query_api::openapi().to_json().unwrap()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let mut described: Vec<&str> = paths.keys().map(String::as_str).collect();
    described.sort_unstable();
    assert_eq!(
        described,
        [
            "/api/v1/audit/access-log",
            "/api/v1/audit/checkpoint",
            "/api/v1/audit/checkpoints",
            "/api/v1/audit/events",
            "/api/v1/audit/proof/consistency",
            "/api/v1/audit/proof/inclusion",
            "/api/v1/audit/public-key",
            "/api/v1/audit/reports/class-report",
            "/api/v1/audit/sessions/{id}/as-of",
            "/api/v1/audit/sessions/{id}/history",
            "/api/v1/audit/verify",
            "/api/v1/changes",
            "/api/v1/devices",
            "/api/v1/exceptions",
            "/api/v1/exports/records.csv",
            "/api/v1/exports/register.csv",
            "/api/v1/exports/summary.csv",
            "/api/v1/records",
            "/api/v1/refusals",
            "/api/v1/reports/absentees",
            "/api/v1/reports/chronic-absence",
            "/api/v1/reports/class-report",
            "/api/v1/reports/class-summary",
            "/api/v1/reports/conflicts",
            "/api/v1/reports/consecutive-absences",
            "/api/v1/reports/day",
            "/api/v1/reports/late-arrivals",
            "/api/v1/reports/missing-registers",
            "/api/v1/reports/sign-offs",
            "/api/v1/reports/sign-offs/check",
            "/api/v1/reports/sign-offs/{sign_off_id}/amendments",
            "/api/v1/reports/student-rate",
            "/api/v1/reports/trend",
            "/api/v1/roster",
            "/api/v1/sessions",
            "/api/v1/sessions/{id}",
            "/api/v1/time",
        ]
    );
    for (path, endpoint) in paths {
        let answer = &endpoint["get"]["responses"]["200"];
        assert!(answer["content"].is_object(), "{path}");
        assert!(endpoint["get"]["operationId"].is_string(), "{path}");
        assert!(endpoint["get"]["summary"].is_string(), "{path}");
    }
}

#[test]
fn what_is_referred_to_is_there() {
    let text = query_api::openapi().to_json().unwrap();
    let description: Value = serde_json::from_str(&text).unwrap();
    let schemas = description["components"]["schemas"].as_object().unwrap();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
    assert!(schemas.contains_key("Problem"));
}
