//! Rates and fractions of days as decimal text, exact until the last place.

use num_rational::BigRational;

/// `part` of `whole` in percent, two places, half rounded to the even neighbour ("93.33").
///
/// None when nothing counts, because a class without marks is neither at 0 nor at 100 per cent.
pub(crate) fn percent(part: u64, whole: u64) -> Option<String> {
    let whole = u128::from(whole);
    let scaled = u128::from(part) * 10_000;
    let quotient = scaled.checked_div(whole)?;
    let twice_rest = (scaled % whole) * 2;
    let round_up = twice_rest > whole || (twice_rest == whole && quotient % 2 == 1);
    let hundredths = quotient + u128::from(round_up);
    Some(format!("{}.{:02}", hundredths / 100, hundredths % 100))
}

/// A whole number as a fraction.
pub(crate) fn whole(number: i64) -> BigRational {
    BigRational::from_integer(number.into())
}

/// A fraction up to the point.
pub(crate) fn floor(fraction: &BigRational) -> i64 {
    let floor = fraction.floor().to_integer();
    i64::try_from(floor).unwrap_or(i64::MAX)
}

/// A fraction that is not negative with two places, half rounded to the even neighbour ("2.67").
pub(crate) fn two_places(fraction: &BigRational) -> String {
    let hundredths = fraction * whole(100);
    let floor = hundredths.floor();
    let twice_rest = (&hundredths - &floor) * whole(2);
    let is_odd = floor.numer().bit(0);
    let round_up = twice_rest > whole(1) || (twice_rest == whole(1) && is_odd);
    let digits = (floor + whole(i64::from(round_up))).to_integer();
    let digits = format!("{digits:0>3}");
    let (units, places) = digits.split_at(digits.len() - 2);
    format!("{units}.{places}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_of_days_are_rounded_like_rates() {
        let text = |part: i64, whole: i64| two_places(&BigRational::new(part.into(), whole.into()));
        assert_eq!(text(8, 3), "2.67");
        assert_eq!(text(0, 3), "0.00");
        assert_eq!(text(1, 200), "0.00");
        assert_eq!(text(3, 200), "0.02");
        assert_eq!(text(5, 200), "0.02");
        assert_eq!(text(199, 200), "1.00");
        assert_eq!(text(12_345, 10), "1234.50");
    }

    #[test]
    fn nothing_that_counts_is_no_rate() {
        assert_eq!(percent(0, 0), None);
    }

    #[test]
    fn a_rate_has_two_places() {
        assert_eq!(percent(28, 30).as_deref(), Some("93.33"));
        assert_eq!(percent(2, 3).as_deref(), Some("66.67"));
        assert_eq!(percent(0, 7).as_deref(), Some("0.00"));
        assert_eq!(percent(7, 7).as_deref(), Some("100.00"));
        assert_eq!(percent(1, 2_000).as_deref(), Some("0.05"));
    }

    #[test]
    fn a_half_goes_to_the_even_neighbour() {
        assert_eq!(percent(1, 20_000).as_deref(), Some("0.00"));
        assert_eq!(percent(3, 20_000).as_deref(), Some("0.02"));
        assert_eq!(percent(5, 20_000).as_deref(), Some("0.02"));
        assert_eq!(percent(7, 20_000).as_deref(), Some("0.04"));
    }

    #[test]
    fn the_largest_counts_do_not_overflow() {
        assert_eq!(percent(u64::MAX, u64::MAX).as_deref(), Some("100.00"));
        assert_eq!(percent(u64::MAX - 1, u64::MAX).as_deref(), Some("100.00"));
    }
}
