//! Clock repair: when a batch really happened, judged by the server's clock.
//!
//! A device corrects its stamps itself with its best estimate of the server's clock. The server moves them only when
//! the device cannot have known better: it had no estimate, or its clock runs ahead of the moment the request arrived.
//! A request that was merely slow on its way moves nothing.

use chrono::{DateTime, SubsecRound, TimeDelta};
use domain::Instant;

/// How far a device's clock may be off before its stamps are moved.
const TOLERANCE: TimeDelta = TimeDelta::seconds(120);

/// How the stamps of one batch are moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClockRepair {
    shift: TimeDelta,
    received_at: Instant,
}

/// A repaired stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// When it happened, in milliseconds, never after the request arrived.
    pub(crate) at: Instant,
    /// Whether that is another moment than the device said.
    pub(crate) moved: bool,
}

impl ClockRepair {
    /// Judges a batch by when the device said it sent it and when its headers arrived.
    pub(crate) fn new(sent_at: Instant, has_estimate: bool, received_at: Instant) -> Self {
        let received_at = received_at.trunc_subsecs(3);
        let difference = received_at - sent_at.trunc_subsecs(3);
        let from_the_future = difference < -TOLERANCE;
        let without_estimate = !has_estimate && difference > TOLERANCE;
        let shift = if from_the_future || without_estimate {
            difference
        } else {
            TimeDelta::zero()
        };
        Self { shift, received_at }
    }

    /// By how many milliseconds every stamp of the batch is moved.
    pub(crate) fn offset_ms(self) -> i64 {
        self.shift.num_milliseconds()
    }

    /// When the request arrived, in milliseconds.
    pub(crate) fn received_at(self) -> Instant {
        self.received_at
    }

    /// Repairs one stamp. What is still in the future happened when the request arrived; what lies before 1970 is no
    /// moment in the life of a device and is taken for 1970.
    pub(crate) fn repair(self, raw: Instant) -> Stamp {
        let raw = raw.trunc_subsecs(3);
        let at = raw
            .checked_add_signed(self.shift)
            .unwrap_or(self.received_at)
            .clamp(DateTime::UNIX_EPOCH, self.received_at);
        Stamp {
            at,
            moved: at != raw,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITH_ESTIMATE: bool = true;
    const WITHOUT_ESTIMATE: bool = false;

    fn time(text: &str) -> Instant {
        format!("2026-11-24T{text}Z").parse().unwrap()
    }

    fn stamp(text: &str, moved: bool) -> Stamp {
        Stamp {
            at: time(text),
            moved,
        }
    }

    #[test]
    fn with_an_estimate_a_slow_request_moves_nothing() {
        let repair = ClockRepair::new(time("08:00:00"), WITH_ESTIMATE, time("08:03:00"));
        assert_eq!(repair.offset_ms(), 0);
        assert_eq!(repair.repair(time("07:59:00")), stamp("07:59:00", false));
    }

    #[test]
    fn without_an_estimate_a_slow_request_cannot_be_told_from_a_slow_clock() {
        let repair = ClockRepair::new(time("08:00:00"), WITHOUT_ESTIMATE, time("08:03:00"));
        assert_eq!(repair.offset_ms(), 180_000);
        assert_eq!(repair.repair(time("07:59:00")), stamp("08:02:00", true));
    }

    #[test]
    fn two_minutes_either_way_are_tolerated() {
        for received in ["07:58:00", "08:02:00"] {
            for estimate in [WITH_ESTIMATE, WITHOUT_ESTIMATE] {
                let repair = ClockRepair::new(time("08:00:00"), estimate, time(received));
                assert_eq!(repair.offset_ms(), 0, "{received}");
            }
        }
    }

    #[test]
    fn a_batch_sent_from_the_future_is_moved_back_even_with_an_estimate() {
        for estimate in [WITH_ESTIMATE, WITHOUT_ESTIMATE] {
            let repair = ClockRepair::new(time("08:02:00.001"), estimate, time("08:00:00"));
            assert_eq!(repair.offset_ms(), -120_001);
            assert_eq!(repair.repair(time("08:01:00.001")), stamp("07:59:00", true));
        }
    }

    #[test]
    fn a_stamp_still_in_the_future_happened_when_the_request_arrived() {
        let repair = ClockRepair::new(time("08:00:00"), WITH_ESTIMATE, time("08:00:01.250"));
        assert_eq!(repair.repair(time("09:00:00")), stamp("08:00:01.250", true));
    }

    #[test]
    fn stamps_are_kept_in_milliseconds_and_dropping_the_rest_moves_nothing() {
        let repair = ClockRepair::new(time("08:00:00"), WITH_ESTIMATE, time("08:00:01.000999"));
        assert_eq!(repair.received_at(), time("08:00:01"));
        assert_eq!(
            repair.repair(time("07:00:00.123456")),
            stamp("07:00:00.123", false)
        );
    }

    #[test]
    fn absurd_stamps_stay_within_what_a_database_can_hold() {
        let sent_at = "9999-12-31T23:59:59Z".parse().unwrap();
        let repair = ClockRepair::new(sent_at, WITH_ESTIMATE, time("08:00:00"));
        let earliest = "0000-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(repair.repair(earliest).at, DateTime::UNIX_EPOCH);
        assert_eq!(repair.repair(sent_at).at, time("08:00:00"));
    }
}
