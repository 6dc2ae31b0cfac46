//! The system tests: real HTTP, real PostgreSQL, a clock that the test sets, projections that the test drives.

/// A teacher takes a register; register, summary and CSV agree.
mod main_job;
/// Two devices offline on one register, uploading in either order and everything twice.
mod two_devices;

/// Late children at the desk, and the end of conflicts.
mod daily_life;
/// The office hands in what a device cannot send.
mod handed_in;
/// Every way in which reports of attendance are got wrong.
mod reports;
/// The office changes the roster of a day whose register is closed.
mod roster_changes;
/// The office says how the school counts and when it has school.
mod settings;

/// A look back shows what everybody was shown.
mod as_it_stood;
/// Somebody is told what is held of them, and is forgotten for good.
mod forgotten;
/// A restore fails in the middle.
mod half_restored;
/// What is served beside the events is held against them.
mod rewritten_beside;
/// What the office and the auditors ask is written down, and auditors change nothing.
mod who_looked;

/// Whoever follows the changes hears each of them once, and nothing that is not theirs to hear.
mod changes;

/// The process is killed at random moments of its work.
mod kill_nine;
/// The same executable as many processes on one PostgreSQL, one of which is killed.
mod many_processes;
/// The PostgreSQL server below a running process is killed.
mod postgres_dies;

/// Whatever is wrong with a request, the answer is a problem with a page.
mod errors_are_problems;
/// Every route of the documents, with everybody who may not use it.
mod every_endpoint_every_wrong_caller;
/// Access tokens that let nobody in.
mod wrong_tokens;

/// The comparison with a fold of all events notices what is wrong.
mod truth;

/// House rules: dependencies, file lengths, documents that name what exists.
mod architecture;
/// The committed OpenAPI documents are what the code generates.
mod contract;
/// What we depend on may be given away under the licences that `deny.toml` allows.
mod licences;
/// House rule: who writes read tables.
mod read_tables;
