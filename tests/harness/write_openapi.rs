//! Writes the OpenAPI documents that the code generates to `openapi/`, where they are committed.

use anyhow::Result;

fn main() -> Result<()> {
    tests::contract::write()
}
