//! Rates: percentages as decimal text, exact in integers.

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

#[cfg(test)]
mod tests {
    use super::percent;

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
