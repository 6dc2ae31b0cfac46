//! Ids that follow one another.

use uuid::{Uuid, Variant};

const COUNTER_BITS: u32 = 74;
const COUNTER_END: u128 = 1 << COUNTER_BITS;
/// Where the counter goes on before the variant.
const LOW_BITS: u32 = 62;
const LOW_END: u128 = 1 << LOW_BITS;
const TIME_END: u64 = 1 << 48;
const TIME_AT: u32 = 80;
const HIGH_AT: u32 = 64;
const VERSION: u128 = 7 << 76;
const VARIANT: u128 = 0b10 << LOW_BITS;

/// A UUIDv7 as the two numbers of which it consists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SteppedId {
    /// Milliseconds since 1970.
    time: u64,
    /// The 74 bits that are neither time nor version nor variant.
    counter: u128,
}

impl SteppedId {
    /// Takes an id apart; none if it is no UUIDv7.
    pub(super) fn of(id: Uuid) -> Option<Self> {
        let is_such = id.get_version_num() == 7 && id.get_variant() == Variant::RFC4122;
        let bits = id.as_u128();
        let high = (bits >> HIGH_AT) & 0xfff;
        is_such.then_some(Self {
            time: u64::try_from(bits >> TIME_AT).ok()?,
            counter: (high << LOW_BITS) | (bits % LOW_END),
        })
    }

    /// The id that is so many milliseconds later, and greater by so much in the rest; none if there is no such time.
    pub(super) fn after(self, milliseconds: i64, by: u128) -> Option<Self> {
        Some(Self {
            time: self
                .time
                .checked_add_signed(milliseconds)
                .filter(|time| *time < TIME_END)?,
            counter: (self.counter + by % COUNTER_END) % COUNTER_END,
        })
    }
}

impl From<SteppedId> for Uuid {
    fn from(SteppedId { time, counter }: SteppedId) -> Self {
        let high = (counter >> LOW_BITS) << HIGH_AT;
        let low = counter % LOW_END;
        Self::from_u128((u128::from(time) << TIME_AT) | VERSION | high | VARIANT | low)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(text: &str) -> Uuid {
        text.parse().unwrap()
    }

    #[test]
    fn a_step_goes_over_the_variant_and_leaves_the_version_alone() {
        let before = SteppedId::of(id("01930f5e-8a4b-7000-bfff-ffffffffffff")).unwrap();
        let after = before.after(2, 1).unwrap();
        assert_eq!(
            Uuid::from(after),
            id("01930f5e-8a4d-7001-8000-000000000000")
        );
    }

    #[test]
    fn after_the_greatest_the_rest_begins_anew() {
        let before = SteppedId::of(id("01930f5e-8a4b-7fff-bfff-ffffffffffff")).unwrap();
        let after = before.after(1, 3).unwrap();
        assert_eq!(
            Uuid::from(after),
            id("01930f5e-8a4c-7000-8000-000000000002")
        );
    }

    #[test]
    fn there_is_no_time_before_1970_and_none_after_48_bits() {
        let first = SteppedId::of(id("00000000-0000-7000-8000-000000000000")).unwrap();
        let last = SteppedId::of(id("ffffffff-ffff-7000-8000-000000000000")).unwrap();
        assert_eq!(first.after(-1, 0), None);
        assert_eq!(last.after(1, 0), None);
        assert_eq!(last.after(i64::MAX, 0), None);
    }

    #[test]
    fn ids_of_other_kinds_have_no_steps() {
        assert_eq!(SteppedId::of(Uuid::nil()), None);
        assert_eq!(
            SteppedId::of(id("b85c5261-2078-52a4-8f4f-afd75bb57f5f")),
            None
        );
        assert_eq!(
            SteppedId::of(id("01930f5e-8a4b-7000-ffff-ffffffffffff")),
            None
        );
    }

    proptest! {
        #[test]
        fn an_id_taken_apart_is_put_together_again(time in 0..TIME_END, counter in 0..COUNTER_END) {
            let stepped = SteppedId { time, counter };
            prop_assert_eq!(SteppedId::of(stepped.into()), Some(stepped));
        }
    }
}
