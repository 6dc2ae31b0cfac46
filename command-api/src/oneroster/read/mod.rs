//! From files to records: every cell is checked by itself here; whether the records fit together is for
//! [`super::check`].

mod damage;
mod files;
mod manifest;
mod records;
mod role;
mod row;
mod table;

pub(super) use damage::Damage;
pub use files::{FilesError, RosterFiles};
pub(super) use manifest::{Manifest, Modes};
pub(super) use records::{AcademicSession, Class, Enrolment, Org, Records, SessionKind, User};
pub(super) use role::PersonRole;

use super::finding::Findings;

/// Reads every file that the manifest names, as far as it can be read; None if they are of another version.
pub(super) fn read(files: &RosterFiles, findings: &mut Findings) -> Option<(Manifest, Records)> {
    let manifest = manifest::read(files, findings)?;
    let records = Records::read(files, &manifest, findings);
    Some((manifest, records))
}
