//! Walks every route of the OpenAPI documents with everybody who may not use it. A route that is not in the table here
//! fails the test, so nobody can add one without saying who may call it.

use anyhow::{Context, Result};
use chrono::TimeDelta;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::caller::Caller;
use tests::outbox::Outbox;
use tests::school::{
    AUDITOR, CHEBET, EAST, MUTISO, OFFICE, OTHER_OFFICE, Person, WANJIRU, school_id, start_time,
    today,
};
use tests::system::TestSystem;

use crate::wrong_tokens::{altered, forged, of_another_kind, unsigned};

/// A role that may call a route.
const TEACHER: &str = "teacher";
const ADMIN: &str = "admin";
const AUDIT: &str = "auditor";
const EVERYBODY: &[&str] = &[TEACHER, ADMIN, AUDIT];

/// Who may call what: `None` is anyone at all, signed in or not.
const ROUTES: &[(&str, &str, Option<&[&str]>)] = &[
    ("post", "/auth/login", None),
    ("post", "/auth/refresh", None),
    ("post", "/auth/logout", None),
    ("post", "/me/password", Some(EVERYBODY)),
    ("post", "/commands", Some(&[TEACHER, ADMIN])),
    ("get", "/policy", Some(&[ADMIN, AUDIT])),
    ("put", "/policy", Some(&[ADMIN])),
    ("get", "/calendar", Some(&[ADMIN, AUDIT])),
    ("put", "/calendar", Some(&[ADMIN])),
    ("get", "/users", Some(&[ADMIN, AUDIT])),
    ("post", "/users", Some(&[ADMIN])),
    ("patch", "/users/{user_id}", Some(&[ADMIN])),
    ("get", "/imports", Some(&[ADMIN, AUDIT])),
    ("post", "/imports", Some(&[ADMIN])),
    ("get", "/time", None),
    ("get", "/roster", Some(EVERYBODY)),
    ("get", "/sessions", Some(EVERYBODY)),
    ("get", "/sessions/{session_id}", Some(EVERYBODY)),
    ("get", "/records", Some(EVERYBODY)),
    ("get", "/exceptions", Some(EVERYBODY)),
    ("get", "/changes", Some(&[TEACHER, ADMIN])),
    ("get", "/refusals", Some(&[ADMIN, AUDIT])),
    ("get", "/reports/class-summary", Some(EVERYBODY)),
    ("get", "/reports/class-report", Some(EVERYBODY)),
    ("get", "/reports/absentees", Some(EVERYBODY)),
    ("get", "/reports/late-arrivals", Some(EVERYBODY)),
    ("get", "/reports/student-rate", Some(&[ADMIN, AUDIT])),
    ("get", "/reports/chronic-absence", Some(&[ADMIN, AUDIT])),
    (
        "get",
        "/reports/consecutive-absences",
        Some(&[ADMIN, AUDIT]),
    ),
    ("get", "/reports/missing-registers", Some(&[ADMIN, AUDIT])),
    ("get", "/reports/trend", Some(&[ADMIN, AUDIT])),
    ("get", "/reports/day", Some(&[ADMIN, AUDIT])),
    ("get", "/reports/conflicts", Some(EVERYBODY)),
    ("get", "/reports/sign-offs", Some(&[ADMIN, AUDIT])),
    ("get", "/reports/sign-offs/check", Some(&[ADMIN, AUDIT])),
    (
        "get",
        "/reports/sign-offs/{sign_off_id}/amendments",
        Some(&[ADMIN, AUDIT]),
    ),
    ("get", "/exports/records.csv", Some(EVERYBODY)),
    ("get", "/exports/register.csv", Some(EVERYBODY)),
    ("get", "/exports/summary.csv", Some(&[ADMIN, AUDIT])),
    ("get", "/devices", Some(&[ADMIN, AUDIT])),
    ("get", "/audit/events", Some(&[AUDIT])),
    ("get", "/audit/verify", Some(&[AUDIT])),
    ("get", "/audit/checkpoint", Some(&[AUDIT])),
    ("get", "/audit/checkpoints", Some(&[AUDIT])),
    ("get", "/audit/proof/inclusion", Some(&[AUDIT])),
    ("get", "/audit/proof/consistency", Some(&[AUDIT])),
    ("get", "/audit/public-key", Some(&[AUDIT])),
    ("get", "/audit/sessions/{id}/history", Some(&[ADMIN, AUDIT])),
    ("get", "/audit/sessions/{id}/as-of", Some(&[AUDIT])),
    ("get", "/audit/reports/class-report", Some(&[AUDIT])),
    ("get", "/audit/access-log", Some(&[AUDIT])),
];

/// A documented route, ready to be asked for.
struct Route {
    /// Whether it is one of those that change something.
    is_of_commands: bool,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    /// Whether the answer goes on until somebody ends it.
    is_endless: bool,
    roles: Option<&'static [&'static str]>,
}

/// Every route of both documents.
fn routes() -> Result<Vec<Route>> {
    let mut routes = Vec::new();
    for (name, document) in tests::contract::generated()? {
        let is_of_commands = name == "command-api.json";
        let document: Value = serde_json::from_str(&document)?;
        for (path, methods) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                routes.push(route(path, method, operation, is_of_commands)?);
            }
        }
    }
    Ok(routes)
}

fn route(path: &str, method: &str, operation: &Value, is_of_commands: bool) -> Result<Route> {
    let below = path.strip_prefix("/api/v1").unwrap_or(path);
    let listed = ROUTES
        .iter()
        .find(|(verb, pattern, _)| *verb == method && same_pattern(pattern, below));
    let (_, _, roles) = listed
        .with_context(|| format!("{method} {below} is not in the table of who may call what"))?;
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let required = parameters.filter(|it| it["in"] == "query" && it["required"] == true);
    let query = required
        .filter_map(|it| it["name"].as_str())
        .map(|name| (name.to_owned(), sample(name)))
        .collect();
    let path = below.split('/').map(|part| {
        if part.starts_with('{') {
            sample(part)
        } else {
            part.to_owned()
        }
    });
    Ok(Route {
        is_of_commands,
        method: method.to_uppercase().parse()?,
        path: path.collect::<Vec<_>>().join("/"),
        query,
        is_endless: operation["responses"]["200"]["content"]["text/event-stream"].is_object(),
        roles: *roles,
    })
}

/// Whether two paths are the same but for the names of their parameters.
fn same_pattern(one: &str, other: &str) -> bool {
    let parts = |path: &str| {
        path.split('/')
            .map(|part| {
                part.starts_with('{')
                    .then_some(())
                    .map_or(part.to_owned(), |()| "{}".to_owned())
            })
            .collect::<Vec<_>>()
    };
    parts(one) == parts(other)
}

/// A value that a parameter of this name could have.
fn sample(name: &str) -> String {
    match name.trim_matches(['{', '}']) {
        "date" | "from" | "to" => today().to_string(),
        "days" => "3".to_owned(),
        _ => EAST.id().to_string(),
    }
}

fn request(caller: &Caller, route: &Route) -> RequestBuilder {
    let (method, path) = (route.method.clone(), &route.path);
    let request = if route.is_of_commands {
        caller.command(method, path)
    } else {
        caller.query(method, path)
    };
    let request = if route.method == Method::GET {
        request
    } else {
        request.json(&Outbox::new(31, start_time()).take())
    };
    request.query(&route.query)
}

#[test]
fn every_route_of_the_table_is_documented() -> Result<()> {
    let documented = routes()?;
    assert_eq!(
        documented.len(),
        ROUTES.len(),
        "a route of the table is not in the documents, or is there twice"
    );
    Ok(())
}

#[tokio::test]
async fn nobody_gets_in_without_a_good_token() -> Result<()> {
    let system = TestSystem::start().await?;
    let good = system
        .sign_in(&OFFICE)
        .await?
        .token()
        .unwrap_or_default()
        .to_owned();
    let strangers = [
        ("anonymous", system.anonymous()),
        ("nonsense", system.anonymous().with_token("nonsense")),
        (
            "signed by another key",
            system.anonymous().with_token(forged(&good)?),
        ),
        (
            "signed in another way",
            system.anonymous().with_token(of_another_kind(&good)?),
        ),
        (
            "signed by nobody",
            system.anonymous().with_token(unsigned(&good)?),
        ),
        ("altered", system.anonymous().with_token(altered(&good)?)),
    ];
    for route in routes()?.iter().filter(|route| route.roles.is_some()) {
        for (who, caller) in &strangers {
            let answer = caller.perform(request(caller, route)).await?;
            assert_eq!(
                (answer.status, answer.problem()?.as_str()),
                (401, "token-invalid"),
                "{who}: {}",
                answer.request
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_expired_token_is_told_apart() -> Result<()> {
    let system = TestSystem::start().await?;
    let office = system.sign_in(&OFFICE).await?;
    system.clock().set(start_time() + TimeDelta::minutes(16));
    for route in routes()?.iter().filter(|route| route.roles.is_some()) {
        let answer = office.perform(request(&office, route)).await?;
        assert_eq!(
            (answer.status, answer.problem()?.as_str()),
            (401, "token-expired"),
            "{}",
            answer.request
        );
    }
    Ok(())
}

#[tokio::test]
async fn every_other_role_is_refused() -> Result<()> {
    let system = TestSystem::start().await?;
    for person in [WANJIRU, OFFICE, AUDITOR] {
        let caller = system.sign_in(&person).await?;
        for route in routes()? {
            let refused = route
                .roles
                .is_some_and(|roles| !roles.contains(&person.role));
            if refused {
                let answer = caller.perform(request(&caller, &route)).await?;
                assert_eq!(
                    (answer.status, answer.problem()?.as_str()),
                    (403, "forbidden"),
                    "{}: {}",
                    person.role,
                    answer.request
                );
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn another_school_finds_nothing() -> Result<()> {
    let system = TestSystem::start().await?;
    let teacher = system.sign_in(&WANJIRU).await?;
    let mut outbox = Outbox::new(32, start_time());
    outbox.mark(&EAST.session(today()), EAST.students()[0], "absent");
    let answer = teacher.send_accepted(&mut outbox).await?;
    system.settle().await?;
    let session_id = answer["results"][0]["session_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();

    for stranger in [CHEBET, OTHER_OFFICE] {
        let caller = system.sign_in(&stranger).await?;
        let answer = caller.session(session_id.parse()?).await?;
        assert_eq!(
            (answer.status, answer.problem()?.as_str()),
            (404, "not-found")
        );
        for route in routes()?
            .iter()
            .filter(|route| route.method == Method::GET && allows(route, &stranger))
        {
            if route.is_endless {
                // `changes.rs` holds that they go on hearing nothing.
                let first = caller.follow_changes(Some("0-0-0")).await?.event().await?;
                assert_eq!((first.name.as_str(), first.id.as_str()), ("hello", "0-0-0"));
                continue;
            }
            let answer = caller.perform(request(&caller, route)).await?;
            // An answer that fails for another reason would hide nothing either.
            let asked_for_theirs = answer.request.contains(&EAST.id().to_string());
            let status = if asked_for_theirs { 404 } else { 200 };
            assert_eq!(answer.status, status, "{}: {}", answer.request, answer.body);
            for theirs in [
                &session_id,
                &EAST.students()[0].to_string(),
                &school_id(EAST.school).to_string(),
            ] {
                let echoed = answer.request.contains(theirs.as_str());
                assert!(
                    echoed || !answer.body.contains(theirs.as_str()),
                    "{}: {}",
                    answer.request,
                    answer.body
                );
            }
        }
        outbox.mark(&EAST.session(today()), EAST.students()[1], "present");
        let answer = caller.send(&mut outbox).await?.expect(200)?.json()?;
        assert_eq!(
            answer["results"][0]["problem"]["type"],
            "/problems/unknown-class"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_teacher_of_another_class_may_neither_read_nor_mark() -> Result<()> {
    let system = TestSystem::start().await?;
    let (teacher, colleague) = (
        system.sign_in(&WANJIRU).await?,
        system.sign_in(&MUTISO).await?,
    );
    let mut outbox = Outbox::new(33, start_time());
    outbox.mark(&EAST.session(today()), EAST.students()[0], "absent");
    let answer = teacher.send_accepted(&mut outbox).await?;
    system.settle().await?;
    let session_id = answer["results"][0]["session_id"]
        .as_str()
        .unwrap_or_default();

    assert_eq!(colleague.session(session_id.parse()?).await?.status, 403);
    assert_eq!(
        colleague.sessions(&[]).await?.expect(200)?.json()?["items"],
        json!([])
    );
    assert_eq!(
        colleague.records(&[]).await?.expect(200)?.json()?["items"],
        json!([])
    );
    assert_eq!(
        colleague.class_summary(EAST.id(), today()).await?.status,
        403
    );
    assert_eq!(
        colleague
            .records_csv(&[])
            .await?
            .expect(200)?
            .body
            .lines()
            .count(),
        1,
        "the heading only"
    );
    outbox.mark(&EAST.session(today()), EAST.students()[0], "present");
    let answer = colleague.send(&mut outbox).await?.expect(200)?.json()?;
    assert_eq!(
        answer["results"][0]["problem"]["type"],
        "/problems/forbidden-class"
    );
    Ok(())
}

fn allows(route: &Route, person: &Person) -> bool {
    route.roles.is_none_or(|roles| roles.contains(&person.role))
}
