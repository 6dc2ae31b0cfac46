use std::io::{Cursor, Write};

use domain::SchoolId;
use platform::auth::Role;
use reqwest::RequestBuilder;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use uuid::Uuid;
use zip::write::SimpleFileOptions;

use crate::harness::{Answer, Server, fetch, id};

const IMPORTS: &str = "/api/v1/imports";
const MANIFEST: &str = "propertyName,value\noneroster.version,1.1\nfile.academicSessions,bulk\nfile.orgs,bulk\n\
    file.users,bulk\nfile.classes,bulk\nfile.enrollments,bulk\n";
const ORGS: &str = "sourcedId,name,type,identifier\ns,Hill School,school,HILL\n";
const SESSIONS: &str =
    "sourcedId,title,type,startDate,endDate\nt,Term 3,term,2026-09-01,2026-12-20\n";
const CLASSES: &str = "sourcedId,title,schoolSourcedId,termSourcedIds\nc1,Grade 3,s,t\n";
const USERS: &str = "sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName\n\
    u1,true,s,teacher,ann,Ann,Otieno\nu2,true,s,student,,Ben,Mwangi\n";
const ROLL: &str = "sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate\n\
    e1,c1,s,u1,teacher,2026-09-01,2026-12-20\ne2,c1,s,u2,student,2026-09-01,2026-12-20\n";

/// A server with a school of the name that the files have.
async fn start() -> (Server, String) {
    let server = Server::start().await;
    let school = hill();
    for statement in [
        "insert into schools (school_id, sourced_id, code, name, time_zone) values ($1, 's', 'HILL', 'Hill School', 'Africa/Nairobi')",
        "insert into policies (school_id, version) values ($1, 1)",
        "insert into calendars (school_id, version) values ($1, 1)",
    ] {
        sqlx::query(statement)
            .bind(school)
            .execute(&server.owner)
            .await
            .unwrap();
    }
    let token = member(&server, Role::Admin).await;
    (server, token)
}

fn hill() -> Uuid {
    SchoolId::of_org("s").as_uuid()
}

/// Somebody of the school, signed in.
async fn member(server: &Server, role: Role) -> String {
    let name = format!("{} of Hill", role.as_str());
    sqlx::query(
        "insert into users (school_id, user_id, username, name, role) values ($1, $2, $3, $3, $4)",
    )
    .bind(hill())
    .bind(id(&name))
    .bind(name.replace(' ', "."))
    .bind(role.as_str())
    .execute(&server.owner)
    .await
    .unwrap();
    let token = server
        .services
        .tokens
        .issue(hill(), id(&name), role)
        .unwrap();
    token.token.expose_secret().to_owned()
}

/// An archive of the small school, with other files in the place of some or beside them.
fn archive(changes: &[(&str, &str)]) -> Vec<u8> {
    let usual = [
        ("manifest.csv", MANIFEST),
        ("orgs.csv", ORGS),
        ("academicSessions.csv", SESSIONS),
        ("classes.csv", CLASSES),
        ("users.csv", USERS),
        ("enrollments.csv", ROLL),
    ];
    let kept = usual
        .into_iter()
        .filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    pack(kept.chain(changes.iter().copied()))
}

fn pack<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn post(server: &Server, token: &str, query: &str, body: Vec<u8>) -> RequestBuilder {
    server
        .post(&format!("{IMPORTS}{query}"))
        .bearer_auth(token)
        .header("Content-Type", "application/zip")
        .body(body)
}

async fn import(server: &Server, token: &str, query: &str, body: Vec<u8>) -> Answer {
    fetch(post(server, token, query, body)).await
}

async fn past(server: &Server, token: &str, query: &str) -> Answer {
    let url = server.url(&format!("{IMPORTS}{query}"));
    fetch(server.http.get(url).bearer_auth(token)).await
}

/// How many events and rows there are of everything that an import writes.
async fn counts(server: &Server) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in [
        "events",
        "schools",
        "terms",
        "subjects",
        "slots",
        "classes",
        "class_terms",
        "students",
        "users",
        "enrolments",
        "teaching",
        "imports",
    ] {
        let statement = format!("select count(*) from {table}");
        counts.push(
            sqlx::query_scalar(&statement)
                .fetch_one(&server.owner)
                .await
                .unwrap(),
        );
    }
    counts
}

#[actix_web::test]
async fn a_preview_says_what_an_import_then_does_and_changes_nothing() {
    let (server, token) = start().await;
    let before = counts(&server).await;
    let preview = import(&server, &token, "?preview=true", archive(&[])).await;
    assert_eq!(preview.status, 200, "{:#}", preview.body);
    assert_eq!(counts(&server).await, before);
    assert_eq!(
        (&preview.body["preview"], &preview.body["outcome"]),
        (&json!(true), &json!("imported"))
    );

    let done = import(&server, &token, "?file_name=roster.zip", archive(&[])).await;
    for field in ["outcome", "counts", "events", "warnings", "errors"] {
        assert_eq!(done.body[field], preview.body[field], "{field}");
    }
    assert_eq!(done.body["counts"]["students"]["added"], 1);
    assert_eq!(done.body["counts"]["enrolments"]["enrolled"], 1);
    assert_eq!(done.body["warnings"][0]["kind"], "no_password");
    assert_eq!(
        server.count_events().await,
        4,
        "a beginning and an end each"
    );
    server.stop().await;
}

#[actix_web::test]
async fn the_same_file_again_changes_nothing_and_is_on_the_list() {
    let (server, token) = start().await;
    import(
        &server,
        &token,
        "?file_name=../my%0Aroster.zip",
        archive(&[]),
    )
    .await;
    let again = import(&server, &token, "", archive(&[])).await;
    assert_eq!(
        (&again.body["outcome"], &again.body["events"]),
        (&json!("unchanged"), &json!(0))
    );
    let auditor = member(&server, Role::Auditor).await;
    let first = past(&server, &auditor, "?limit=1").await;
    assert_eq!(first.body["items"][0]["outcome"], "unchanged");
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let second = past(&server, &auditor, &format!("?limit=1&cursor={cursor}")).await;
    let item = &second.body["items"][0];
    assert_eq!(second.body["next_cursor"], Value::Null);
    assert_eq!(
        (&item["outcome"], &item["from"]),
        (&json!("imported"), &json!("web"))
    );
    assert_eq!(item["by"]["name"], "admin.of.Hill");
    assert_eq!(item["file"]["name"], "my roster.zip");
    assert_eq!(item["file"]["bytes"], archive(&[]).len());
    assert_eq!(item["counts"]["students"]["added"], 1);
    server.stop().await;
}

#[actix_web::test]
async fn files_that_are_wrong_are_said_cell_by_cell_and_change_nothing() {
    let (server, token) = start().await;
    let wrong = format!("{ROLL}e3,c9,s,u2,student,2026-09-01,\n");
    for (query, kept) in [("?preview=true", 0), ("", 1)] {
        let answer = import(
            &server,
            &token,
            query,
            archive(&[("enrollments.csv", &wrong)]),
        )
        .await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["outcome"]),
            (200, &json!("refused"))
        );
        assert_eq!(answer.body["errors_total"], 1);
        assert_eq!(
            answer.body["errors"][0],
            json!({"file": "enrollments.csv", "row": 4, "column": "classSourcedId",
                "message": "\"c9\" is not in classes.csv: add the class or correct the id"})
        );
        assert_eq!(server.count_events().await, 0);
        let items = past(&server, &token, "").await.body["items"].clone();
        assert_eq!(items.as_array().unwrap().len(), kept);
    }
    server.stop().await;
}

#[actix_web::test]
async fn nothing_of_another_school_is_imported_or_asked_about() {
    let (server, token) = start().await;
    let others = [
        ("orgs.csv", format!("{ORGS}one,School One,school,ONE\n")),
        ("classes.csv", format!("{CLASSES}x,Theirs,one,t\n")),
        (
            "users.csv",
            format!("{USERS}u9,true,one,student,,Zed,Stranger\n"),
        ),
        (
            "enrollments.csv",
            format!("{ROLL}e9,x,one,u9,student,2026-09-01,\n"),
        ),
    ];
    let others = others
        .each_ref()
        .map(|(name, content)| (*name, content.as_str()));
    let answer = import(&server, &token, "", archive(&others)).await;
    assert_eq!(answer.body["outcome"], "imported", "{:#}", answer.body);
    assert_eq!(answer.body["warnings"][0]["kind"], "other_schools");
    assert_eq!(server.count_events().await, 4);

    // Somebody of a school that orgs.csv does not name is a mistake in the files, whether the store has the school or not.
    for org in ["one", "nowhere"] {
        let users = format!("{USERS}u9,true,{org},student,,Zed,Stranger\n");
        let answer = import(&server, &token, "", archive(&[("users.csv", &users)])).await;
        assert_eq!(answer.body["outcome"], "refused");
        assert_eq!(answer.body["errors"][0]["column"], "orgSourcedIds");
    }
    let theirs = "sourcedId,name,type,identifier\none,School One,school,ONE\n";
    let answer = import(&server, &token, "", archive(&[("orgs.csv", theirs)])).await;
    assert_eq!(answer.body["errors"][0]["file"], "orgs.csv");
    let strangers: i64 =
        sqlx::query_scalar("select count(*) from students where name like '%Stranger'")
            .fetch_one(&server.owner)
            .await
            .unwrap();
    assert_eq!(strangers, 0);
    server.stop().await;
}

#[actix_web::test]
async fn what_is_no_roster_is_refused_as_a_whole() {
    let (server, token) = start().await;
    let before = counts(&server).await;
    let mut damaged = archive(&[]);
    damaged[60] ^= 0xff;
    let bomb = "0".repeat(65 << 20);
    let inner = pack([("orgs.csv", ORGS)].into_iter());
    let nested = {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer
            .start_file("inner.zip", SimpleFileOptions::default())
            .unwrap();
        writer.write_all(&inner).unwrap();
        writer.finish().unwrap().into_inner()
    };
    for (body, status, slug) in [
        (b"sourcedId,name\n".to_vec(), 400, "malformed"),
        (Vec::new(), 400, "malformed"),
        (archive(&[])[..300].to_vec(), 400, "malformed"),
        (damaged, 400, "malformed"),
        (nested, 400, "malformed"),
        (archive(&[("a/orgs.csv", ORGS)]), 400, "malformed"),
        (archive(&[("users.csv", &bomb)]), 413, "too-large"),
        (vec![0; (16 << 20) + 1], 413, "too-large"),
    ] {
        let answer = import(&server, &token, "", body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.slug()),
            (status, slug),
            "{:#}",
            answer.body
        );
    }
    let request = server.post(IMPORTS).bearer_auth(&token).json(&json!({}));
    assert_eq!(fetch(request).await.slug(), "unsupported-media");
    let answer = import(&server, &token, "?preview=perhaps", archive(&[])).await;
    assert_eq!(answer.slug(), "malformed");
    assert_eq!(counts(&server).await, before);
    server.stop().await;
}

#[actix_web::test]
async fn where_files_lie_in_the_archive_does_not_matter() {
    let (server, token) = start().await;
    let files = [
        ("../../manifest.csv", MANIFEST),
        ("/etc/orgs.csv", ORGS),
        ("a/academicSessions.csv", SESSIONS),
    ];
    let rest = [
        ("classes.csv", CLASSES),
        ("users.csv", USERS),
        ("enrollments.csv", ROLL),
        ("more.zip", "?"),
    ];
    let answer = import(&server, &token, "", pack(files.into_iter().chain(rest))).await;
    assert_eq!(answer.body["outcome"], "imported", "{:#}", answer.body);
    server.stop().await;
}

#[actix_web::test]
async fn one_import_of_a_school_runs_at_a_time() {
    let (server, token) = start().await;
    let mut elsewhere = server.owner.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('import ' || $1::uuid::text, 0))")
        .bind(hill())
        .execute(&mut *elsewhere)
        .await
        .unwrap();
    let answer = import(&server, &token, "", archive(&[])).await;
    assert_eq!((answer.status.as_u16(), answer.slug()), (503, "busy"));
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(server.count_events().await, 0);
    elsewhere.rollback().await.unwrap();

    let (one, other) = tokio::join!(
        import(&server, &token, "", archive(&[])),
        import(&server, &token, "", archive(&[]))
    );
    for answer in [one, other] {
        assert!(
            [200, 503].contains(&answer.status.as_u16()),
            "{:#}",
            answer.body
        );
    }
    assert_eq!(server.count_events().await, 4);
    server.stop().await;
}

#[actix_web::test]
async fn only_the_office_imports_and_teachers_see_no_list() {
    let (server, _) = start().await;
    let (teacher, auditor) = (
        member(&server, Role::Teacher).await,
        member(&server, Role::Auditor).await,
    );
    for token in [&teacher, &auditor] {
        for query in ["", "?preview=true"] {
            let answer = import(&server, token, query, archive(&[])).await;
            assert_eq!((answer.status.as_u16(), answer.slug()), (403, "forbidden"));
        }
    }
    assert_eq!(past(&server, &teacher, "").await.slug(), "forbidden");
    let items = past(&server, &auditor, "").await.body["items"].clone();
    assert_eq!(items, json!([]));
    for (query, slug) in [
        ("?limit=0", "invalid-field"),
        ("?cursor=zzz", "bad-position"),
        ("?page=2", "malformed"),
    ] {
        assert_eq!(past(&server, &auditor, query).await.slug(), slug);
    }
    server.stop().await;
}
