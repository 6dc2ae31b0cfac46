use super::*;
use crate::samples::day;

fn period(from: &str, until: &str) -> Period {
    Period {
        from: day(from),
        until: (!until.is_empty()).then(|| day(until)),
    }
}

fn begun(mut periods: Vec<Period>, from: &str) -> Vec<Period> {
    begin(&mut periods, day(from));
    periods
}

#[test]
fn a_period_holds_its_first_day_and_not_its_until() {
    let period = period("2026-09-01", "2026-12-01");
    assert!(!period.contains(day("2026-08-31")));
    assert!(period.contains(day("2026-09-01")));
    assert!(period.contains(day("2026-11-30")));
    assert!(!period.contains(day("2026-12-01")));
}

#[test]
fn the_first_period_has_no_end() {
    assert_eq!(begun(vec![], "2026-09-01"), [period("2026-09-01", "")]);
}

#[test]
fn beginning_inside_a_period_changes_nothing() {
    let periods = vec![period("2026-09-01", "2026-12-01")];
    assert_eq!(begun(periods.clone(), "2026-09-01"), periods);
    assert_eq!(begun(periods.clone(), "2026-11-30"), periods);
}

#[test]
fn beginning_earlier_keeps_the_known_end() {
    let periods = vec![period("2026-09-10", "2026-12-01")];
    let expected = [period("2026-09-01", "2026-12-01")];
    assert_eq!(begun(periods, "2026-09-01"), expected);
}

#[test]
fn beginning_on_the_day_of_an_end_goes_on() {
    let periods = vec![period("2026-09-01", "2026-10-01")];
    assert_eq!(begun(periods, "2026-10-01"), [period("2026-09-01", "")]);
}

#[test]
fn beginning_after_an_end_leaves_a_gap() {
    let periods = vec![period("2026-09-01", "2026-10-01")];
    let expected = [period("2026-09-01", "2026-10-01"), period("2026-10-02", "")];
    assert_eq!(begun(periods, "2026-10-02"), expected);
}

#[test]
fn beginning_between_two_periods_joins_what_it_touches() {
    let periods = vec![
        period("2026-09-01", "2026-10-01"),
        period("2026-11-01", "2026-12-01"),
    ];
    assert_eq!(
        begun(periods.clone(), "2026-10-01"),
        [period("2026-09-01", "2026-12-01")]
    );
    assert_eq!(
        begun(periods, "2026-10-05"),
        [
            period("2026-09-01", "2026-10-01"),
            period("2026-10-05", "2026-12-01")
        ]
    );
}

#[test]
fn ending_closes_the_last_period_that_begins_before() {
    let mut periods = vec![period("2026-09-01", "2026-10-01"), period("2026-11-01", "")];
    assert!(end(&mut periods, day("2026-12-01")));
    assert_eq!(periods[1], period("2026-11-01", "2026-12-01"));
    assert!(end(&mut periods, day("2026-10-15")));
    assert_eq!(periods[0], period("2026-09-01", "2026-10-15"));
}

#[test]
fn an_end_is_moved_both_ways() {
    let mut periods = vec![period("2026-09-01", "2026-10-01")];
    assert!(end(&mut periods, day("2026-09-15")));
    assert_eq!(periods, [period("2026-09-01", "2026-09-15")]);
    assert!(end(&mut periods, day("2026-11-01")));
    assert_eq!(periods, [period("2026-09-01", "2026-11-01")]);
}

#[test]
fn ending_before_anything_began_changes_nothing() {
    let mut periods = vec![period("2026-09-01", "")];
    assert!(!end(&mut periods, day("2026-09-01")));
    assert_eq!(periods, [period("2026-09-01", "")]);
}

#[test]
fn cancelling_takes_away_the_period_that_begins_on_the_day() {
    let mut periods = vec![period("2026-09-01", "2026-10-01"), period("2026-11-01", "")];
    assert!(!cancel(&mut periods, day("2026-09-02")));
    assert!(cancel(&mut periods, day("2026-09-01")));
    assert_eq!(periods, [period("2026-11-01", "")]);
}
