use serde::Deserialize;
use serde_json::json;

use super::*;

#[derive(Debug, PartialEq, Deserialize)]
struct Walk {
    dog: Dog,
    minutes: u16,
    pace: Option<Pace>,
    stops: Vec<String>,
    metres: Option<f64>,
    leash: Option<bool>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Dog {
    name: String,
    age: i8,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Pace {
    Slow,
    Fast,
}

fn walk() -> Value {
    json!({"dog": {"name": "Rex", "age": 3}, "minutes": 20, "pace": "slow", "stops": ["tree"], "metres": 900,
        "leash": true, "other": [1, {"x": null}]})
}

/// Where and what is wrong with a walk of which one field is something else.
fn fault(pointer: &str, value: Value) -> (String, String) {
    let mut walk = walk();
    *walk.pointer_mut(pointer).unwrap() = value;
    let error = read::<Walk>(&walk).unwrap_err();
    (error.pointer, error.detail)
}

fn document(text: &str) -> Document {
    serde_json::from_str(text).unwrap()
}

#[test]
fn what_fits_is_read_and_what_is_not_asked_for_is_left_out() {
    let read: Walk = read(&walk()).unwrap();
    assert_eq!(read.dog.name, "Rex");
    assert_eq!((read.minutes, read.pace), (20, Some(Pace::Slow)));
    assert_eq!(
        (read.stops.len(), read.metres, read.leash),
        (1, Some(900.0), Some(true))
    );
}

#[test]
fn a_list_is_no_object_and_an_object_no_word() {
    for (pointer, value, detail) in [
        (
            "",
            json!([{"name": "Rex", "age": 3}, 20, "slow", [], 900, true]),
            "an object is meant",
        ),
        ("/dog", json!(["Rex", 3]), "an object is meant"),
        ("/dog", json!("Rex"), "an object is meant"),
        ("/stops", json!({"0": "tree"}), "a list is meant"),
        ("/pace", json!({"slow": null}), "one of slow, fast is meant"),
        ("/pace", json!("trot"), "one of slow, fast is meant"),
        ("/pace", json!(0), "one of slow, fast is meant"),
    ] {
        assert_eq!(
            fault(pointer, value),
            (pointer.to_owned(), detail.to_owned())
        );
    }
}

#[test]
fn the_field_that_does_not_fit_is_named_in_words_of_our_own() {
    for (pointer, value, detail) in [
        ("/dog/name", json!(7), "a text is meant"),
        (
            "/dog/age",
            json!(200),
            "a whole number from -128 to 127 is meant",
        ),
        (
            "/minutes",
            json!("20"),
            "a whole number from 0 to 65535 is meant",
        ),
        (
            "/minutes",
            json!(-1),
            "a whole number from 0 to 65535 is meant",
        ),
        (
            "/minutes",
            json!(1.5),
            "a whole number from 0 to 65535 is meant",
        ),
        (
            "/minutes",
            json!(null),
            "a whole number from 0 to 65535 is meant",
        ),
        ("/stops/0", json!([]), "a text is meant"),
        ("/metres", json!("900"), "a number is meant"),
        ("/leash", json!("yes"), "true or false is meant"),
    ] {
        assert_eq!(
            fault(pointer, value),
            (pointer.to_owned(), detail.to_owned())
        );
    }
}

#[test]
fn a_missing_field_is_named_where_it_should_be() {
    let mut walk = walk();
    walk["dog"].as_object_mut().unwrap().remove("age");
    let error = read::<Walk>(&walk).unwrap_err();
    assert_eq!(
        (error.pointer.as_str(), error.detail.as_str()),
        ("/dog/age", "this field is missing")
    );
}

#[test]
fn a_name_that_comes_twice_is_found_however_deep() {
    for (text, pointer) in [
        (r#"{"a":1,"a":1}"#, "/a"),
        (r#"{"a":{"b~/":[0,{"c":1,"d":2,"c":3}]}}"#, "/a/b~0~1/1/c"),
        (r#"{"\u0061":1,"a":2}"#, "/a"),
        (r#"[{"x":null,"x":null}]"#, "/0/x"),
    ] {
        let error = document(text).into_value().unwrap_err();
        assert_eq!(
            (error.pointer.as_str(), error.detail.as_str()),
            (pointer, "this field is there twice")
        );
    }
    let name = "x".repeat(100);
    let long = format!(r#"{{"in":{{"{name}":1,"{name}":2}}}}"#);
    assert_eq!(document(&long).into_value().unwrap_err().pointer, "/in");
}

#[test]
fn a_document_without_repetition_is_its_value() {
    let text =
        r#"{"a":[1,-2,2.5,18446744073709551615,true,null,"\u00e9"],"b":{"a":1},"c":{"a":1}}"#;
    let expected: Value = serde_json::from_str(text).unwrap();
    assert_eq!(document(text).into_value().unwrap(), expected);
}

#[test]
fn what_is_no_json_is_told_by_its_place() {
    let said = |text| syntax(&serde_json::from_str::<Document>(text).unwrap_err());
    assert_eq!(said("{\"a\": ["), "The JSON ends too early.");
    assert_eq!(
        said("{\n \"a\": x}"),
        "The JSON cannot be read beyond line 2, byte 7: it is wrong there, or nested too deeply."
    );
}
