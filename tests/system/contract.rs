//! What clients rely on is a file under test.

use anyhow::Result;
use tests::contract::{committed_path, generated};

#[test]
fn the_committed_openapi_documents_are_what_the_code_says() -> Result<()> {
    for (name, text) in generated()? {
        let committed = std::fs::read_to_string(committed_path(name)).unwrap_or_default();
        assert!(
            committed == text,
            "openapi/{name} is not what the code generates: run `make openapi` and commit it"
        );
    }
    Ok(())
}
