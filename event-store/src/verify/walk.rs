//! A walk over the events and the logs of a school, in order, that stops at the first thing that does not fit.

use std::collections::BTreeMap;

use domain::SchoolId;
use uuid::Uuid;

use super::{Event, EventName, Fault, LogLeaf};
use crate::chain::Chains;
use crate::log::{Origin, TreeHead, event_leaf, restored_leaf};
use crate::merkle::{Frontier, Hash};

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Events that fit.
    pub events: u64,
    /// Streams they are in.
    pub streams: u64,
    /// Of the events, those that have no leaf yet: the newest.
    pub pending: u64,
    /// The school's logs as they are found, oldest first.
    pub logs: Vec<TreeHead>,
    /// Checkpoints that the logs agree with.
    pub checkpoints: u64,
    /// The restores that the logs declare, oldest first.
    pub restored: Vec<Restored>,
    /// Of the events in the newest log, those after the last head that it agrees with: of the heads that somebody holds, if
    /// there are any. A log without one counts whole.
    pub uncovered: u64,
    /// The first thing that does not fit; the check stops there.
    pub fault: Option<Fault>,
}

/// A restore that the log after it declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The log as it was restored.
    pub from: TreeHead,
    /// How many leaves that log had by the checkpoints that are held: those beyond `from.size` are lost.
    pub had: u64,
    /// How many leaves of it are those of which a head that is held was signed. Between these and `from.size` anything could
    /// have been rewritten before the restore, and the heads that are lost do not show it.
    pub proven: u64,
}

impl Restored {
    /// Whether a head that is held was lost, so that the log cannot be shown to be the one it was signed of.
    #[must_use]
    pub fn lost(&self) -> bool {
        self.had > self.from.size
    }
}

/// A signed head.
#[derive(Debug, Clone)]
struct Signed {
    head: TreeHead,
    /// Whether somebody holds it outside; otherwise it is kept with the log.
    is_held: bool,
}

/// Where the walk stands.
#[derive(Debug)]
pub struct Walk {
    store_id: Uuid,
    school: SchoolId,
    chains: Chains,
    log: Option<(i32, Frontier)>,
    /// Signed heads that the walk has not come to, by the log's epoch and the size.
    expected: BTreeMap<(i32, u64), Vec<Signed>>,
    /// Signed heads of logs that ended before them, and of other stores' logs.
    unmet: Vec<Signed>,
    holds_any: bool,
    /// How many leaves of the log that the walk is in a held head was signed of.
    proven: u64,
    last: Option<EventName>,
    report: Report,
}

impl Walk {
    /// A walk over the history of a school in a store.
    #[must_use]
    pub fn new(store_id: Uuid, school: SchoolId) -> Self {
        Self {
            store_id,
            school,
            chains: Chains::default(),
            log: None,
            expected: BTreeMap::new(),
            unmet: Vec::new(),
            holds_any: false,
            proven: 0,
            last: None,
            report: Report::default(),
        }
    }

    /// Wants the log to agree with a signed head that is kept with it.
    pub fn expect(&mut self, head: TreeHead) {
        self.want(Signed {
            head,
            is_held: false,
        });
    }

    /// Wants the log to agree with a signed head that somebody holds outside. A restore that the log declares may have lost
    /// what it was signed of.
    pub fn hold(&mut self, head: TreeHead) {
        self.holds_any = true;
        self.want(Signed {
            head,
            is_held: true,
        });
    }

    fn want(&mut self, signed: Signed) {
        let origin = &signed.head.origin;
        if *origin == self.origin(origin.epoch) {
            let place = (origin.epoch, signed.head.size);
            self.expected.entry(place).or_default().push(signed);
        } else {
            self.unmet.push(signed);
        }
    }

    /// Goes on to an event that has a leaf.
    ///
    /// # Errors
    /// One of them does not fit.
    pub fn logged(&mut self, leaf: &LogLeaf, event: &Event) -> Result<(), Fault> {
        let hash = self.follow(event)?;
        let hash = event_leaf(self.school, event.command_id.into(), &hash);
        let is_other = leaf
            .nodes
            .as_ref()
            .is_some_and(|nodes| !nodes.starts_with(&hash));
        if is_other {
            return Err(Fault::EventRewritten {
                event: event.name(),
                origin: self.origin(leaf.epoch),
                leaf: leaf.index,
            });
        }
        if leaf.index == 0 && self.log.is_some() {
            // A further log begins by saying from where it goes on.
            return Err(self.damaged(leaf));
        }
        self.report.uncovered += 1;
        self.grow(leaf, hash)?;
        self.last = Some(event.name());
        Ok(())
    }

    /// Goes on to an event that has no leaf yet.
    ///
    /// # Errors
    /// It does not fit into its chain.
    pub fn pending(&mut self, event: &Event) -> Result<(), Fault> {
        self.follow(event)?;
        self.report.pending += 1;
        Ok(())
    }

    /// Goes on to the first leaf of a further log, which says from where it goes on.
    ///
    /// # Errors
    /// It does not fit.
    pub fn restored(&mut self, leaf: &LogLeaf, from: &str) -> Result<(), Fault> {
        let Some(before) = self.end_log().filter(|head| head.to_string() == from) else {
            return Err(self.damaged(leaf));
        };
        let hash = restored_leaf(&before);
        self.report.restored.push(Restored {
            had: before.size,
            proven: std::mem::take(&mut self.proven),
            from: before,
        });
        self.grow(leaf, hash)
    }

    /// What was found, when the walk has come to the end.
    #[must_use]
    pub fn finish(mut self) -> Report {
        self.end_log();
        let left = std::mem::take(&mut self.expected).into_values().flatten();
        let unmet: Vec<Signed> = self.unmet.drain(..).chain(left).collect();
        for signed in unmet {
            let declared = self
                .report
                .restored
                .iter_mut()
                .find(|restored| signed.is_held && restored.from.origin == signed.head.origin);
            match declared {
                Some(restored) => restored.had = restored.had.max(signed.head.size),
                None => {
                    let fault = self.cut_off(signed.head);
                    return self.found(fault);
                }
            }
        }
        self.report.streams = self.chains.streams();
        self.report
    }

    /// What was found up to a fault.
    #[must_use]
    pub fn found(mut self, fault: Fault) -> Report {
        self.report.streams = self.chains.streams();
        self.report.fault = Some(fault);
        self.report
    }

    pub(super) fn school(&self) -> SchoolId {
        self.school
    }

    pub(super) fn origin(&self, epoch: i32) -> Origin {
        Origin {
            store_id: self.store_id,
            school: self.school,
            epoch,
        }
    }

    fn follow(&mut self, event: &Event) -> Result<Hash, Fault> {
        let hash = self.chains.follow(event).map_err(Fault::Chain)?;
        if !event.is_filed {
            return Err(Fault::EventMisfiled(event.name()));
        }
        self.report.events += 1;
        Ok(hash)
    }

    fn damaged(&self, leaf: &LogLeaf) -> Fault {
        Fault::LeafDamaged {
            origin: self.origin(leaf.epoch),
            leaf: leaf.index,
        }
    }

    /// Whether the leaf is the one that follows in its log.
    ///
    /// # Errors
    /// One is missing before it.
    pub(super) fn is_next(&self, leaf: &LogLeaf) -> Result<(), Fault> {
        let (epoch, expected) = self
            .log
            .as_ref()
            .map_or((leaf.epoch, 0), |(epoch, tree)| (*epoch, tree.size()));
        if epoch == leaf.epoch && expected == leaf.index {
            return Ok(());
        }
        Err(Fault::LeafDamaged {
            origin: self.origin(epoch),
            leaf: expected,
        })
    }

    fn grow(&mut self, leaf: &LogLeaf, hash: Hash) -> Result<(), Fault> {
        self.is_next(leaf)?;
        let (_, tree) = self
            .log
            .get_or_insert_with(|| (leaf.epoch, Frontier::default()));
        let completed = tree.append(hash);
        if leaf
            .nodes
            .as_ref()
            .is_some_and(|nodes| *nodes != completed.as_flattened())
        {
            return Err(self.damaged(leaf));
        }
        self.compare_with_signed()
    }

    /// Holds the tree as it is now against what was signed of this size.
    fn compare_with_signed(&mut self) -> Result<(), Fault> {
        let Some((epoch, tree)) = &self.log else {
            return Ok(());
        };
        let place = (*epoch, tree.size());
        let is_next = self
            .expected
            .first_key_value()
            .is_some_and(|(next, _)| *next == place);
        if !is_next {
            return Ok(());
        }
        let root = tree.root();
        for signed in self.expected.remove(&place).unwrap_or_default() {
            if signed.head.root != root {
                return Err(Fault::OtherThanSigned(signed.head));
            }
            self.report.checkpoints += 1;
            if signed.is_held {
                self.proven = signed.head.size;
            }
            if signed.is_held || !self.holds_any {
                self.report.uncovered = 0;
            }
        }
        Ok(())
    }

    /// Closes the log that the walk is in and answers its head.
    fn end_log(&mut self) -> Option<TreeHead> {
        let (epoch, tree) = self.log.take()?;
        let later = self.expected.split_off(&(epoch.saturating_add(1), 0));
        let passed = std::mem::replace(&mut self.expected, later);
        self.unmet.extend(passed.into_values().flatten());
        let head = TreeHead {
            origin: self.origin(epoch),
            size: tree.size(),
            root: tree.root(),
        };
        self.report.logs.push(head.clone());
        Some(head)
    }

    fn cut_off(&self, signed: TreeHead) -> Fault {
        let log = self
            .report
            .logs
            .iter()
            .find(|log| log.origin == signed.origin);
        Fault::CutOff {
            left: log.map_or(0, |log| log.size),
            last: self.last.clone().map(Box::new),
            signed,
        }
    }
}
