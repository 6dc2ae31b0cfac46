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
}

/// Where the walk stands.
#[derive(Debug)]
pub struct Walk {
    store_id: Uuid,
    school: SchoolId,
    chains: Chains,
    log: Option<(i32, Frontier)>,
    /// Signed heads that the walk has not come to, by the log's epoch and the size.
    expected: BTreeMap<(i32, u64), Vec<TreeHead>>,
    /// Signed heads of logs that ended before them, and of other stores' logs.
    unmet: Vec<TreeHead>,
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
            last: None,
            report: Report::default(),
        }
    }

    /// Wants the log to agree with a signed head.
    pub fn expect(&mut self, head: TreeHead) {
        if head.origin == self.origin(head.origin.epoch) {
            let place = (head.origin.epoch, head.size);
            self.expected.entry(place).or_default().push(head);
        } else {
            self.unmet.push(head);
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
            from: before,
        });
        self.grow(leaf, hash)
    }

    /// What was found, when the walk has come to the end.
    #[must_use]
    pub fn finish(mut self) -> Report {
        self.end_log();
        let left = std::mem::take(&mut self.expected).into_values().flatten();
        let unmet: Vec<TreeHead> = self.unmet.drain(..).chain(left).collect();
        for signed in unmet {
            let declared = self
                .report
                .restored
                .iter_mut()
                .find(|restored| restored.from.origin == signed.origin);
            match declared {
                Some(restored) => restored.had = restored.had.max(signed.size),
                None => {
                    let fault = self.cut_off(signed);
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
        self.report.events += 1;
        Ok(hash)
    }

    fn damaged(&self, leaf: &LogLeaf) -> Fault {
        Fault::LeafDamaged {
            origin: self.origin(leaf.epoch),
            leaf: leaf.index,
        }
    }

    fn grow(&mut self, leaf: &LogLeaf, hash: Hash) -> Result<(), Fault> {
        let (epoch, tree) = self
            .log
            .get_or_insert_with(|| (leaf.epoch, Frontier::default()));
        if *epoch != leaf.epoch || tree.size() != leaf.index {
            let (epoch, leaf) = (*epoch, tree.size());
            let origin = self.origin(epoch);
            return Err(Fault::LeafDamaged { origin, leaf });
        }
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
            if signed.root != root {
                return Err(Fault::OtherThanSigned(signed));
            }
            self.report.checkpoints += 1;
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
