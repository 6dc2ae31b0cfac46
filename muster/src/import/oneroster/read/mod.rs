//! From files to records: every cell is checked by itself here; whether the records fit together is for
//! [`super::check`].

mod files;
mod manifest;
mod records;
mod table;

pub(super) use files::RosterFiles;
pub(super) use manifest::{Manifest, Modes};
pub(super) use records::{
    AcademicSession, Class, Enrolment, Org, PersonRole, Records, SessionKind, User,
};

use super::finding::Findings;

/// Reads every file that the manifest names; None if the manifest itself cannot be used.
pub(super) fn read(files: &RosterFiles, findings: &mut Findings) -> Option<(Manifest, Records)> {
    let manifest = manifest::read(files, findings)?;
    let records = Records::read(files, &manifest, findings);
    Some((manifest, records))
}
