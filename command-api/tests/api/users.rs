use serde_json::{Value, json};

use crate::harness::{Answer, Server, fetch, id};

const USERS: &str = "/api/v1/users";

fn chebet() -> Value {
    json!({"username": "chebet", "name": "Chebet Rono", "role": "teacher", "password": "correct horse"})
}

async fn add(server: &Server, person: &str, account: &Value) -> Answer {
    let request = server.post(USERS).json(account);
    fetch(request.bearer_auth(server.token(person))).await
}

async fn change(server: &Server, person: &str, user_id: &str, change: &Value) -> Answer {
    let request = server
        .http
        .patch(server.url(&format!("{USERS}/{user_id}")))
        .json(change);
    fetch(request.bearer_auth(server.token(person))).await
}

/// With what status somebody's sign-in is answered.
async fn log_in(server: &Server, password: &str) -> u16 {
    let credentials = json!({"school_code": "ONE", "username": "chebet", "password": password});
    let request = server.post("/api/v1/auth/login").json(&credentials);
    fetch(request).await.status.as_u16()
}

#[actix_web::test]
async fn an_account_is_made_closed_opened_and_given_another_password() {
    let server = Server::start().await;
    let made = add(&server, "admin", &chebet()).await;
    assert_eq!(made.status, 201, "{:#}", made.body);
    let user_id = made.body["id"].as_str().unwrap().to_owned();
    let expected = |disabled| {
        json!({"id": user_id, "username": "chebet", "name": "Chebet Rono", "role": "teacher",
            "disabled": disabled, "has_password": true})
    };
    assert_eq!(made.body, expected(false));
    assert_eq!(log_in(&server, "correct horse").await, 200);

    let answer = change(&server, "admin", &user_id, &json!({"disabled": true})).await;
    assert_eq!(answer.body, expected(true));
    assert_eq!(log_in(&server, "correct horse").await, 401);

    let answer = change(&server, "admin", &user_id, &json!({"disabled": false})).await;
    assert_eq!(answer.body, expected(false));
    assert_eq!(log_in(&server, "correct horse").await, 200);

    let both = json!({"password": "battery staple", "disabled": true});
    assert_eq!(
        change(&server, "admin", &user_id, &both).await.body,
        expected(true)
    );
    let password = json!({"password": "battery staple"});
    assert_eq!(
        change(&server, "admin", &user_id, &password).await.body,
        expected(false)
    );
    assert_eq!(log_in(&server, "correct horse").await, 401);
    assert_eq!(log_in(&server, "battery staple").await, 200);
    server.stop().await;
}

#[actix_web::test]
async fn the_list_is_of_the_own_school_and_shows_no_passwords() {
    let server = Server::start().await;
    add(&server, "admin", &chebet()).await;
    for person in ["admin", "auditor"] {
        let answer = fetch(
            server
                .http
                .get(server.url(USERS))
                .bearer_auth(server.token(person)),
        )
        .await;
        let items = answer.body["items"].as_array().unwrap();
        let names: Vec<&str> = items
            .iter()
            .map(|item| item["username"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["akinyi", "auditor", "baraka", "chebet", "office"]);
        assert!(!answer.body.to_string().contains("argon2"));
    }
    server.stop().await;
}

async fn list(server: &Server, query: &str) -> Answer {
    let request = server.http.get(server.url(&format!("{USERS}{query}")));
    fetch(request.bearer_auth(server.token("auditor"))).await
}

fn usernames(answer: &Answer) -> Vec<&str> {
    let items = answer.body["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["username"].as_str().unwrap())
        .collect()
}

#[actix_web::test]
async fn the_list_comes_in_pages_whatever_case_names_are_written_in() {
    let server = Server::start().await;
    let mut account = chebet();
    account["username"] = "AUMA".into();
    add(&server, "admin", &account).await;
    let mut query = "?limit=2".to_owned();
    let mut pages = Vec::new();
    loop {
        let page = list(&server, &query).await;
        pages.push(usernames(&page).join(" "));
        let Some(cursor) = page.body["next_cursor"].as_str() else {
            break;
        };
        query = format!("?limit=2&cursor={cursor}");
    }
    assert_eq!(pages, ["akinyi auditor", "AUMA baraka", "office"]);
    server.stop().await;
}

#[actix_web::test]
async fn an_account_is_found_by_a_part_of_either_name() {
    let server = Server::start().await;
    add(&server, "admin", &chebet()).await;
    for (text, found) in [
        ("?q=CHEB", vec!["chebet"]),
        ("?q=Rono", vec!["chebet"]),
        ("?q=%25", vec![]),
        ("?q=nobody", vec![]),
        (
            "?q=",
            vec!["akinyi", "auditor", "baraka", "chebet", "office"],
        ),
    ] {
        assert_eq!(usernames(&list(&server, text).await), found, "{text}");
    }
    for (query, slug) in [
        ("?limit=0", "invalid-field"),
        ("?limit=201", "invalid-field"),
        ("?q=%00", "invalid-field"),
        ("?cursor=zzz", "bad-position"),
        ("?page=2", "malformed"),
    ] {
        assert_eq!(list(&server, query).await.slug(), slug, "{query}");
    }
    server.stop().await;
}

#[actix_web::test]
async fn only_the_office_manages_accounts() {
    let server = Server::start().await;
    let baraka = id("teacher Baraka").to_string();
    for person in ["teacher Akinyi", "auditor", "teacher elsewhere"] {
        for answer in [
            add(&server, person, &json!(5)).await,
            change(&server, person, &baraka, &json!({"disabled": true})).await,
        ] {
            assert_eq!((answer.status.as_u16(), answer.slug()), (403, "forbidden"));
        }
    }
    let request = server.http.get(server.url(USERS));
    let answer = fetch(request.bearer_auth(server.token("teacher Akinyi"))).await;
    assert_eq!(answer.slug(), "forbidden");
    server.stop().await;
}

#[actix_web::test]
async fn nobody_closes_or_takes_over_their_own_account() {
    let server = Server::start().await;
    let own = id("admin").to_string();
    for body in [
        json!({"disabled": true}),
        json!({"password": "battery staple"}),
    ] {
        let answer = change(&server, "admin", &own, &body).await;
        assert_eq!((answer.status.as_u16(), answer.slug()), (403, "forbidden"));
    }
    server.stop().await;
}

#[actix_web::test]
async fn an_account_of_another_school_is_not_found() {
    let server = Server::start().await;
    let theirs = id("teacher elsewhere").to_string();
    for user_id in [theirs.as_str(), "nobody"] {
        let answer = change(&server, "admin", user_id, &json!({"disabled": true})).await;
        assert_eq!((answer.status.as_u16(), answer.slug()), (404, "not-found"));
    }
    server.stop().await;
}

#[actix_web::test]
async fn a_field_that_does_not_fit_is_named() {
    let server = Server::start().await;
    for (field, value) in [
        ("username", json!("two words")),
        ("username", json!(" AKINYI ")),
        ("name", json!(" ")),
        ("role", json!("janitor")),
        ("password", json!("short")),
    ] {
        let mut account = chebet();
        account[field] = value;
        let answer = add(&server, "admin", &account).await;
        assert_eq!(
            (answer.status.as_u16(), answer.slug()),
            (422, "invalid-field")
        );
        assert_eq!(answer.body["errors"][0]["pointer"], format!("/{field}"));
    }
    let baraka = id("teacher Baraka").to_string();
    let answer = change(&server, "admin", &baraka, &json!({"password": "short"})).await;
    assert_eq!(answer.body["errors"][0]["pointer"], "/password");
    let answer = change(&server, "admin", &baraka, &json!({"disabled": "yes"})).await;
    assert_eq!(answer.slug(), "malformed");
    server.stop().await;
}
