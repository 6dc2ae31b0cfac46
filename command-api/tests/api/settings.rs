//! What the tests of policies and calendars share.

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::harness::{Answer, Server, fetch};

impl Server {
    pub(crate) async fn read(&self, person: &str, path: &str) -> Answer {
        fetch(self.ask(person, self.http.get(self.url(path)))).await
    }

    pub(crate) async fn put(&self, person: &str, path: &str, body: &Value) -> Answer {
        fetch(self.ask(person, self.http.put(self.url(path)).json(body))).await
    }

    fn ask(&self, person: &str, request: RequestBuilder) -> RequestBuilder {
        request.bearer_auth(self.token(person))
    }
}

/// A document with one change, told by a JSON pointer.
pub(crate) fn with(mut document: Value, pointer: &str, value: Value) -> Value {
    match document.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => document[pointer.trim_start_matches('/')] = value,
    }
    document
}

/// Which field of a document is complained about, and nothing else.
#[track_caller]
pub(crate) fn complaint(answer: &Answer) -> String {
    assert_eq!(
        (answer.status.as_u16(), answer.slug()),
        (422, "invalid-field")
    );
    let errors = answer.body["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{:#}", answer.body);
    errors[0]["pointer"].as_str().unwrap().to_owned()
}

/// The numbers of the versions that an answer names.
#[track_caller]
pub(crate) fn numbers(answer: &Answer) -> (u64, Vec<u64>) {
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    let number = |version: &Value| version["version"].as_u64().unwrap();
    let versions = answer.body["versions"].as_array().unwrap();
    (
        number(&answer.body["in_force"]),
        versions.iter().map(number).collect(),
    )
}

pub(crate) fn policy(valid_from: &str) -> Value {
    json!({
        "valid_from": valid_from,
        "counts": {"present": "present", "late": "absent", "absent": "absent", "excused": "outside"},
        "chronic_percent": 15, "chronic_min_days": 20, "edit_days": 7, "reopen_minutes": 0,
    })
}
