//! What every list promises, whatever it lists.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::client::Answer;
use crate::schools::{Schools, Who, id};

/// Every path whose description has a cursor, so that nobody can add a list that is not looked at.
fn lists() -> Vec<String> {
    let description: Value =
        serde_json::from_str(&query_api::openapi().to_json().unwrap()).unwrap();
    let is_list = |endpoint: &Value| {
        let parameters = endpoint["get"]["parameters"].as_array();
        parameters.is_some_and(|parameters| parameters.iter().any(|it| it["name"] == "cursor"))
    };
    let paths = description["paths"].as_object().unwrap().iter();
    let lists: Vec<String> = paths
        .filter(|(_, endpoint)| is_list(endpoint))
        .map(|(path, _)| path.strip_prefix("/api/v1").unwrap().to_owned())
        .collect();
    assert_eq!(
        lists,
        [
            "/audit/access-log",
            "/audit/checkpoints",
            "/audit/events",
            "/devices",
            "/exceptions",
            "/records",
            "/refusals",
            "/reports/absentees",
            "/reports/chronic-absence",
            "/reports/conflicts",
            "/reports/consecutive-absences",
            "/reports/late-arrivals",
            "/reports/missing-registers",
            "/reports/sign-offs",
            "/reports/sign-offs/{sign_off_id}/amendments",
            "/reports/trend",
            "/sessions",
        ]
    );
    lists
}

/// What a few reports say beside their items.
fn is_about_the_whole_list(list: &str, member: &str) -> bool {
    let members: &[&str] = match list.split('?').next().unwrap() {
        "/reports/chronic-absence" => &[
            "from",
            "to",
            "policy_version",
            "chronic_percent",
            "chronic_min_days",
            "tiers",
        ],
        "/reports/trend" => &["from", "to", "by", "group", "policy_version"],
        _ => &[],
    };
    members.contains(&member)
}

/// Each list, and the one that comes in another order on request, as an auditor asks for it, who sees all of them.
async fn ask_each(schools: &Schools, query: &str, mut check: impl FnMut(&str, Answer)) {
    for list in lists() {
        let list = list.replace("{sign_off_id}", &id(0xa1).to_string());
        let answer = schools.get(Who::Auditor, &format!("{list}?{query}")).await;
        check(&list, answer);
    }
    let changed = format!("/sessions?changed_after=0-0-0&{query}");
    check(&changed, schools.get(Who::Auditor, &changed).await);
}

#[actix_web::test]
async fn a_list_answers_items_and_where_to_go_on_and_nothing_else() {
    Schools::with(async |schools| {
        for query in ["", "limit=500", "limit=1"] {
            ask_each(schools, query, |list, answer| {
                let page = answer.ok();
                let mut members: Vec<&str> = page
                    .as_object()
                    .unwrap()
                    .keys()
                    .map(String::as_str)
                    .collect();
                members.retain(|member| !is_about_the_whole_list(list, member));
                assert_eq!(members, ["items", "next_cursor"], "{list}");
                let items = page["items"].as_array().unwrap();
                assert!(query != "limit=1" || items.len() <= 1, "{list}");
                let goes_on = page["next_cursor"].is_string();
                assert!(goes_on || page["next_cursor"].is_null(), "{list}");
                assert!(
                    !goes_on || query == "limit=1",
                    "{list} goes on after a few items"
                );
                assert_eq!(
                    answer.header("content-type"),
                    Some("application/json"),
                    "{list}"
                );
                assert_eq!(answer.header("cache-control"), Some("no-store"), "{list}");
            })
            .await;
        }
    })
    .await;
}

#[actix_web::test]
async fn a_page_of_no_or_too_many_items_is_refused_by_every_list() {
    Schools::with(async |schools| {
        for limit in ["0", "501", "65537", "-1", "1.5", "many"] {
            ask_each(schools, &format!("limit={limit}"), |list, answer| {
                assert_eq!(
                    answer.problem(),
                    (422, "invalid-field".to_owned()),
                    "{list} {limit}"
                );
                assert_eq!(answer.faults(), ["/limit"], "{list} {limit}");
            })
            .await;
        }
    })
    .await;
}

#[actix_web::test]
async fn a_cursor_that_the_list_did_not_give_is_refused_by_every_list() {
    Schools::with(async |schools| {
        let of_nothing = URL_SAFE_NO_PAD.encode("[]");
        let of_another_order = URL_SAFE_NO_PAD.encode(json!([id(0x61), 1, "x"]).to_string());
        let broken = "%27%3B--";
        for cursor in ["x", broken, &of_nothing, &of_another_order] {
            ask_each(schools, &format!("cursor={cursor}"), |list, answer| {
                assert_eq!(
                    answer.problem(),
                    (400, "bad-position".to_owned()),
                    "{list} {cursor}"
                );
                assert_eq!(answer.faults(), ["/cursor"], "{list} {cursor}");
            })
            .await;
        }
    })
    .await;
}

#[actix_web::test]
async fn what_a_list_does_not_know_is_refused_and_named() {
    Schools::with(async |schools| {
        ask_each(schools, "page=2&sort=date", |list, answer| {
            assert_eq!(
                answer.problem(),
                (422, "invalid-field".to_owned()),
                "{list}"
            );
            assert_eq!(answer.faults(), ["/page", "/sort"], "{list}");
        })
        .await;
    })
    .await;
}
