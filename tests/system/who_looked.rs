//! Who looked: what the office and the auditors ask about students is in a log that nobody can change, and an auditor can
//! change nothing at all.

use std::collections::BTreeMap;

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::PgConnection;
use tests::caller::Caller;
use tests::outbox::Outbox;
use tests::school::{AUDITOR, EAST, OFFICE, OTHER_OFFICE, WANJIRU, start_time, today};
use tests::system::TestSystem;
use uuid::Uuid;

/// Answers that say nothing of any one student: sums of classes, and what is not about students.
const NOT_ABOUT_STUDENTS: [&str; 19] = [
    "/audit/checkpoint",
    "/audit/checkpoints",
    "/audit/proof/consistency",
    "/audit/proof/inclusion",
    "/audit/public-key",
    "/audit/verify",
    "/calendar",
    "/changes",
    "/devices",
    "/exports/summary.csv",
    "/imports",
    "/policy",
    "/reports/class-summary",
    "/reports/missing-registers",
    "/reports/sign-offs",
    "/reports/sign-offs/check",
    "/reports/trend",
    "/time",
    "/users",
];

/// A documented route: its method and path, and the names of the parameters without which it does not answer.
struct Route {
    method: String,
    path: String,
    required: Vec<String>,
}

fn routes() -> Result<Vec<Route>> {
    let mut routes = Vec::new();
    for (_, document) in tests::contract::generated()? {
        let document: Value = serde_json::from_str(&document)?;
        for (path, methods) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let required =
                    parameters.filter(|it| it["in"] == "query" && it["required"] == true);
                routes.push(Route {
                    method: method.to_uppercase(),
                    path: path.strip_prefix("/api/v1").unwrap_or(path).to_owned(),
                    required: required
                        .filter_map(|it| Some(it["name"].as_str()?.to_owned()))
                        .collect(),
                });
            }
        }
    }
    Ok(routes)
}

/// The path with an id of ours wherever it wants one.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        if part.starts_with('{') {
            EAST.id().to_string()
        } else {
            part.to_owned()
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

fn sample(name: &str) -> String {
    match name {
        "date" | "from" | "to" => today().to_string(),
        "days" => "3".to_owned(),
        _ => EAST.id().to_string(),
    }
}

async fn log(auditor: &Caller) -> Result<Vec<Value>> {
    let page = auditor
        .get("/audit/access-log", &[("limit", "500")])
        .await?;
    let page = page.expect(200)?.json()?;
    Ok(page["items"].as_array().cloned().unwrap_or_default())
}

fn of_route(entries: &[Value], path: &str) -> Vec<Value> {
    let of_route = entries
        .iter()
        .filter(|entry| entry["endpoint"] == json!(path));
    of_route.cloned().collect()
}

#[tokio::test]
async fn whatever_the_office_and_auditors_ask_about_students_is_written_down() -> Result<()> {
    let system = TestSystem::start().await?;
    let auditor = system.sign_in(&AUDITOR).await?;
    for person in [WANJIRU, OFFICE, AUDITOR] {
        let caller = system.sign_in(&person).await?;
        for route in routes()?
            .iter()
            .filter(|route| route.method == "GET" && route.path != "/changes")
        {
            let before = of_route(&log(&auditor).await?, &route.path).len();
            let query: Vec<(&str, String)> = route
                .required
                .iter()
                .map(|it| (&**it, sample(it)))
                .collect();
            let query: Vec<(&str, &str)> = query
                .iter()
                .map(|(name, value)| (*name, &**value))
                .collect();
            // Whether a reading of the log is in its own answer is not certain.
            if route.path.starts_with("/time") || route.path == "/audit/access-log" {
                continue;
            }
            caller.get(&filled(&route.path), &query).await?;
            let entries = of_route(&log(&auditor).await?, &route.path);
            let new = entries.len() - before;
            let is_followed =
                person.role != "teacher" && !NOT_ABOUT_STUDENTS.contains(&&*route.path);
            assert_eq!(
                new,
                usize::from(is_followed),
                "{} asks {}",
                person.role,
                route.path
            );
            if is_followed {
                let entry = &entries[0];
                assert_eq!(
                    (&entry["role"], &entry["by"]["name"]),
                    (&json!(person.role), &json!(person.name))
                );
                let asked = entry["parameters"].as_str().unwrap_or_default();
                assert_eq!(
                    asked.contains(&EAST.id().to_string()),
                    route.path.contains('{') || !route.required.is_empty()
                );
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_log_is_found_by_person_time_and_what_was_asked_for_and_only_by_auditors() -> Result<()>
{
    let system = TestSystem::start().await?;
    let (office, auditor) = (
        system.sign_in(&OFFICE).await?,
        system.sign_in(&AUDITOR).await?,
    );
    let student = EAST.students()[0].to_string();
    office
        .get("/reports/student-rate", &[("student_id", &student)])
        .await?
        .expect(200)?;
    office.get("/roster", &[]).await?.expect(200)?;
    system
        .sign_in(&OTHER_OFFICE)
        .await?
        .get("/roster", &[])
        .await?
        .expect(200)?;
    let found = async |query: &[(&str, &str)]| -> Result<Vec<String>> {
        let page = auditor
            .get("/audit/access-log", query)
            .await?
            .expect(200)?
            .json()?;
        let items = page["items"].as_array().into_iter().flatten();
        let endpoints = items
            .filter(|it| it["role"] == "admin")
            .filter_map(|it| it["endpoint"].as_str());
        Ok(endpoints.map(str::to_owned).collect())
    };
    assert_eq!(found(&[]).await?, ["/roster", "/reports/student-rate"]);
    assert_eq!(
        found(&[("about", &student)]).await?,
        ["/reports/student-rate"]
    );
    assert_eq!(
        found(&[("user_id", &Uuid::from_u128(1).to_string())]).await?,
        [""; 0]
    );
    let later = (start_time() + chrono::TimeDelta::hours(1)).to_rfc3339();
    assert_eq!(found(&[("from", &later)]).await?, [""; 0]);
    assert_eq!(found(&[("to", &later)]).await?.len(), 2);
    let first = auditor
        .get("/audit/access-log", &[("limit", "1")])
        .await?
        .expect(200)?
        .json()?;
    let cursor = first["next_cursor"].as_str().unwrap_or_default();
    assert_eq!(found(&[("cursor", cursor)]).await?.len(), 2);
    for person in [WANJIRU, OFFICE] {
        let answer = system
            .sign_in(&person)
            .await?
            .get("/audit/access-log", &[])
            .await?;
        assert_eq!(
            (answer.status, answer.problem()?.as_str()),
            (403, "forbidden")
        );
    }
    Ok(())
}

#[tokio::test]
async fn nobody_changes_the_log() -> Result<()> {
    let system = TestSystem::start().await?;
    system
        .sign_in(&OFFICE)
        .await?
        .get("/roster", &[])
        .await?
        .expect(200)?;
    let mut superuser = system.connect().await?;
    for statement in [
        "update access_log set role = 'auditor'",
        "delete from access_log",
        "truncate access_log",
    ] {
        let refused = sqlx::raw_sql(statement).execute(&mut superuser).await;
        assert!(
            refused.is_err_and(|error| error.to_string().contains("append-only")),
            "{statement}"
        );
    }
    sqlx::raw_sql("set role muster_app")
        .execute(&mut superuser)
        .await?;
    for statement in [
        "update access_log set role = 'auditor'",
        "delete from access_log",
    ] {
        let refused = sqlx::raw_sql(statement).execute(&mut superuser).await;
        assert!(
            refused.is_err_and(|error| error.to_string().contains("permission denied")),
            "{statement}"
        );
    }
    let seen: i64 = sqlx::query_scalar("select count(*) from access_log")
        .fetch_one(&mut superuser)
        .await?;
    assert_eq!(seen, 0, "a school is named or nothing is there");
    Ok(())
}

/// What is in every table of ours, but for the log of who looked.
async fn everything(connection: &mut PgConnection) -> Result<BTreeMap<String, String>> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', schemaname, tablename) from pg_tables
         where schemaname in ('public', 'read', 'keyring') and tablename <> 'access_log'",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut everything = BTreeMap::new();
    for table in tables {
        let select = format!(
            "select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) from {table} t"
        );
        let rows: String = sqlx::query_scalar(&select)
            .fetch_one(&mut *connection)
            .await?;
        everything.insert(table, rows);
    }
    Ok(everything)
}

#[tokio::test]
async fn an_auditor_changes_nothing_by_any_method_of_any_route() -> Result<()> {
    let system = TestSystem::start().await?;
    let mut outbox = Outbox::new(64, start_time());
    outbox.mark(&EAST.session(today()), EAST.students()[0], "absent");
    system
        .sign_in(&WANJIRU)
        .await?
        .send_accepted(&mut outbox)
        .await?;
    system.settle().await?;
    let auditor = system.sign_in(&AUDITOR).await?;
    let mut connection = system.connect().await?;
    let before = everything(&mut connection).await?;
    let mut paths: Vec<String> = routes()?.into_iter().map(|route| route.path).collect();
    // Signing in and out, and one's own password: what everybody may do for themselves.
    paths.retain(|path| !path.starts_with("/auth/") && path != "/changes");
    paths.dedup();
    for path in &paths {
        for method in [
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::GET,
        ] {
            outbox.mark(&EAST.session(today()), EAST.students()[1], "present");
            let request = auditor.query(method.clone(), &filled(path));
            let answer = auditor.perform(request.json(&outbox.take())).await?;
            let may = method == Method::GET && answer.status < 500;
            let refused = [401, 403, 404, 405, 422, 400].contains(&answer.status);
            assert!(
                may || refused,
                "{method} {path}: {} {}",
                answer.status,
                answer.body
            );
        }
    }
    assert_eq!(everything(&mut connection).await?, before);
    Ok(())
}
