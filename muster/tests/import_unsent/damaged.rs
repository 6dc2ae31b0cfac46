//! Files that are damaged, of another kind, or not of the school.

use muster::import::unsent::UnsentFile;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::file::{bytes, mark, unsent};
use crate::school::School;

/// What is said of a file that is wrong.
#[track_caller]
fn wrong(content: &[u8]) -> String {
    UnsentFile::parse(content).unwrap_err().to_string()
}

#[test]
fn what_is_no_file_of_unsent_work_is_told_in_one_sentence() {
    let newer = {
        let mut file = unsent(vec![]);
        file["version"] = json!(2);
        bytes(&file)
    };
    let deep = "[".repeat(100_000);
    for (content, said) in [
        (&b""[..], "The JSON ends too early.\n"),
        (b"PK\x03\x04\xff\xfe", "the file is no text"),
        (b"{\"format\":", "The JSON ends too early.\n"),
        (deep.as_bytes(), "The JSON cannot be read beyond line 1"),
        (b"[]", "this is no file of unsent work"),
        (b"{\"format\":\"x\"}", "this is no file of unsent work"),
        (&newer, "of a version that this muster does not know"),
        (
            b"{\"format\":\"muster-unsent\",\"format\":\"x\"}",
            "/format: this field is there twice\n",
        ),
    ] {
        let findings = wrong(content);
        assert!(findings.contains(said), "{findings}");
        assert_eq!(findings.lines().count(), 1, "{findings}");
    }
}

#[test]
fn a_file_that_no_device_can_have_filled_is_not_read() {
    let content = vec![b' '; 16 * 1024 * 1024 + 1];
    assert!(wrong(&content).contains("more than 16 MiB"));
}

#[test]
fn all_that_is_wrong_is_told_at_once_and_where() {
    let mut file = unsent(vec![
        mark("ben", "late", 7),
        json!({"command": [], "device_clock": "yesterday"}),
        json!(7),
    ]);
    file["device_id"] = json!("phone");
    file["actor"] = json!({"name": "Ann"});
    file["exported_at"] = json!(5);
    let object = file.as_object_mut().unwrap();
    object.remove("school_id");
    assert_eq!(
        wrong(&bytes(&file)),
        "/school_id: this field is missing\n\
         /actor/id: this field is missing\n\
         /device_id: an id is a UUID, as in 21d01924-32d0-57ec-93b8-807238824e08\n\
         /exported_at: a text is meant\n\
         /commands/1/device_clock: a moment is written as 2026-11-24T08:01:02.123Z\n\
         /commands/1/command: an object is meant\n\
         /commands/2/device_clock: this field is missing\n\
         /commands/2/command: this field is missing\n"
    );
}

#[test]
fn only_the_first_hundred_findings_are_shown() {
    let file = unsent(vec![json!({"command": {}}); 150]);
    let findings = wrong(&bytes(&file));
    assert_eq!(findings.lines().count(), 101);
    assert!(findings.ends_with("\n… and 50 more\n"), "{findings}");
}

#[test]
fn a_file_that_a_program_for_text_saved_again_is_read() {
    let file = [b"\xef\xbb\xbf".as_slice(), &bytes(&unsent(vec![]))].concat();
    assert!(UnsentFile::parse(&file).is_ok());
}

#[tokio::test]
async fn a_file_that_is_wrong_is_not_begun() {
    let mut school = School::new().await;
    let before = school.count("events").await;
    let file = |change: fn(&mut Value)| {
        let mut file = unsent(vec![mark("ben", "late", 7)]);
        change(&mut file);
        bytes(&file)
    };
    for (content, finding) in [
        (
            file(|file| file["school_id"] = json!(Uuid::nil())),
            "/school_id: the file is of another school",
        ),
        (
            file(|file| file["actor"]["id"] = json!(Uuid::nil())),
            "/actor/id: the school has nobody with this id",
        ),
        (
            file(|file| file["commands"] = json!({})),
            "/commands: a list is meant",
        ),
    ] {
        let said = school.hand_in(&content, &[]);
        assert_eq!(said.code, Some(3));
        assert!(
            said.output.ends_with(&format!(
                "unsent.json:\n{finding}\nNothing was handed in.\n"
            )),
            "{}",
            said.output
        );
    }
    let missing = school.muster(&[
        "import",
        "unsent",
        "/does/not/exist",
        "--school",
        "HILL",
        "--as",
        "office",
    ]);
    assert_eq!(missing.code, Some(1));
    assert!(
        missing
            .error
            .contains("cannot read the file /does/not/exist"),
        "{}",
        missing.error
    );
    assert_eq!(school.count("events").await, before);
    school.remove().await;
}
