//! A restore that fails in the middle leaves a database that nobody uses by mistake.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use secrecy::ExposeSecret;
use tests::process::MusterProcess;
use tests::scratch::ScratchDatabase;
use tests::seed;

/// Runs `muster` on the database, with the keys and the ledger in the folder.
async fn muster(database: &ScratchDatabase, folder: &Path, arguments: &[&str]) -> Result<String> {
    let file = |name: &str| folder.join(name).display().to_string();
    let url = database.url();
    let environment = [
        ("DATABASE_URL", url.expose_secret()),
        ("MUSTER_KEY_FILE", &*file("keys.json")),
        ("MUSTER_ERASURES", &*file("erasures.ndjson")),
    ];
    MusterProcess::run(arguments, &environment).await
}

async fn refusal(database: &ScratchDatabase, folder: &Path, arguments: &[&str]) -> Result<String> {
    let refused = muster(database, folder, arguments).await;
    Ok(refused.err().context("it is refused")?.to_string())
}

#[tokio::test]
async fn a_restore_that_fails_at_the_keys_leaves_nothing_that_can_be_served() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let lived = ScratchDatabase::empty().await?;
    muster(&lived, folder, &["migrate"]).await?;
    seed::write(&mut lived.connect().await?).await?;
    muster(&lived, folder, &["privacy", "rotate-keys"]).await?;
    let path = |name: &str| folder.join(name).display().to_string();
    muster(
        &lived,
        folder,
        &["backup", "--to", &path("data"), "--keys-to", &path("keys")],
    )
    .await?;
    let dump = |name: &str| -> Result<String> {
        let file = std::fs::read_dir(folder.join(name))?
            .next()
            .context("a dump")??;
        Ok(file.path().display().to_string())
    };
    let (data, keys) = (dump("data")?, dump("keys")?);

    let half = ScratchDatabase::empty().await?;
    std::fs::write(folder.join("torn.dump"), "PGDMP torn")?;
    std::fs::write(folder.join("erasures.ndjson"), "")?;
    let torn = refusal(
        &half,
        folder,
        &["restore", &data, "--keys", &path("torn.dump")],
    )
    .await?;
    ensure!(torn.contains("cannot put back"), "{torn}");
    for command in [
        &["up", "--port", "0"][..],
        &["projections", "--port", "0"],
        &["restore", &data, "--keys", &keys],
        &["restore"],
    ] {
        let said = refusal(&half, folder, command).await?;
        ensure!(said.contains("drop"), "{command:?}: {said}");
    }

    let whole = ScratchDatabase::empty().await?;
    let said = muster(&whole, folder, &["restore", &data, "--keys", &keys]).await?;
    ensure!(said.contains("The store is restored"), "{said}");
    muster(&whole, folder, &["restore"]).await?;
    Ok(())
}
