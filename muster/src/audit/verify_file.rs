//! Checks an export without any database.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use event_store::log::{Checkpoint, PublicKey};
use event_store::verify::{LeafContent, LogLeaf, Report, Walk};
use uuid::Uuid;

use super::line::{EventLine, Export, Line};

/// Checks the file by itself, against the checkpoint in it, and against those of its school that somebody held. With a key,
/// the one in the file must be signed with it; the held ones were checked before.
///
/// # Errors
/// The file cannot be read, or checkpoints were held and none is of its school: nothing would be proven.
pub(crate) fn verify_file(
    path: &Path,
    held: &[Checkpoint],
    key: Option<&PublicKey>,
) -> Result<(Uuid, Report)> {
    let mut export = Export::open(path)?;
    let own = own_checkpoint(&export, key)?;
    let school_id = export.head.school_id;
    let mut walk = Walk::new(export.head.store_id, school_id.into());
    let of_the_school: Vec<&Checkpoint> = held
        .iter()
        .filter(|checkpoint| checkpoint.head.origin.school.as_uuid() == school_id)
        .collect();
    ensure!(
        held.is_empty() || !of_the_school.is_empty(),
        "none of the checkpoints is of the school of this export, {school_id}"
    );
    for checkpoint in of_the_school {
        walk.hold(checkpoint.head.clone());
    }
    walk.expect(own.head);
    while let Some(line) = export.next()? {
        let step = match &line {
            Line::MusterExport(_) => continue,
            Line::Restored { log, leaf, from } => {
                let leaf = leaf_at(*log, *leaf, LeafContent::Restored(from.clone()));
                walk.restored(&leaf, from)
            }
            Line::Event(event) => take_event(&mut walk, event, school_id),
        };
        if let Err(fault) = step {
            return Ok((school_id, walk.found(fault)));
        }
    }
    Ok((school_id, walk.finish()))
}

/// The checkpoint in the file.
pub(super) fn own_checkpoint(export: &Export, key: Option<&PublicKey>) -> Result<Checkpoint> {
    let checkpoint = Checkpoint::read(&export.head.checkpoint).context("in the file")?;
    if let Some(key) = key {
        checkpoint.check(key).context("in the file")?;
    }
    Ok(checkpoint)
}

fn take_event(
    walk: &mut Walk,
    line: &EventLine,
    school_id: Uuid,
) -> Result<(), event_store::verify::Fault> {
    let event = line.event(school_id);
    match (line.log, line.leaf) {
        (Some(log), Some(leaf)) => {
            let leaf = leaf_at(log, leaf, LeafContent::Event(event.command_id));
            walk.logged(&leaf, &event)
        }
        _ => walk.pending(&event),
    }
}

fn leaf_at(epoch: i32, index: u64, content: LeafContent) -> LogLeaf {
    LogLeaf {
        epoch,
        index,
        content,
        nodes: None,
    }
}
