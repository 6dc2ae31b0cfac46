//! What `erase` and `retain` do with students.

use anyhow::Result;
use platform::clock::Clock;
use platform::database::Database;
use uuid::Uuid;

use crate::cli::output::say;
use crate::privacy::{Erasure, Ledger, Subject, clear_away, erase};

/// Forgets the students for good, and writes it down.
pub(super) async fn forget(
    owner: &Database,
    ledger: &Ledger,
    school_id: Uuid,
    subjects: &[Subject],
) -> Result<()> {
    if subjects.is_empty() {
        return say("There is nobody to forget.");
    }
    let erased_at = Clock::system().now();
    let student_ids = subjects.iter().flat_map(|subject| &subject.student_ids);
    let erasures: Vec<Erasure> = student_ids
        .map(|student_id: &Uuid| Erasure {
            school_id,
            student_id: *student_id,
            erased_at,
        })
        .collect();
    // First, so that nothing is erased which a restore would bring back.
    ledger.add(&erasures)?;
    erase(owner, &erasures).await?;
    clear_away(owner).await?;
    say(format_args!(
        "{} forgotten. Keep a copy of {} with the key file: `muster restore` erases again what stands in it.",
        subjects.len(),
        ledger.path().display()
    ))
}
