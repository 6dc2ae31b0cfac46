/** What a device knows of the time: its own clocks, and how far they are from the server's. */

import type { InstantText } from "../model.ts";

/** The device's clocks at one moment, all in milliseconds. */
export interface Moment {
  /** The clock on the wall, which people and networks set. */
  readonly wall_ms: number;
  /** The steady clock of this page's life. */
  readonly steady_ms: number;
  /** What tells one page's life from another; steady times of different lives cannot be compared. */
  readonly life: number;
}

/** What one exchange with `/time` taught. */
export interface ClockSample {
  /** What to add to the wall clock to get the server's time. */
  readonly offset_ms: number;
  /** How long the exchange took; half of it is how wrong the offset may be. */
  readonly rtt_ms: number;
  readonly taken: Moment;
}

/** The moment of a tap, as kept with its command. */
export interface Tapped extends Moment {
  /** The offset that was known then from an exchange in the same life; null if none was. */
  readonly offset_ms: number | null;
  /** Otherwise the last exchange there was, if it found the wall clock wrong: somebody may set it right. */
  readonly wrong_before?: { readonly offset_ms: number; readonly wall_ms: number };
}

/** For how long an estimate is good enough not to ask again. */
const SAMPLE_GOOD_FOR_MS = 10 * 60_000;
/** How far two clocks may drift apart before the wall clock must have been set by somebody. */
const STEP_MS = 2_000;
/** From which error on a person is told that the clock is wrong. */
const WRONG_MS = 120_000;

/** The offset that follows from the server's `now` and the moments before and after asking. */
export function sampleOf(server_now_ms: number, asked: Moment, answered: Moment): ClockSample {
  const rtt_ms = Math.max(0, answered.steady_ms - asked.steady_ms);
  return { offset_ms: server_now_ms - (answered.wall_ms - rtt_ms / 2), rtt_ms, taken: answered };
}

/** The sample to go on with: the quicker one while both are fresh and the wall clock was not set in between. */
export function betterSample(known: ClockSample | null, fresh: ClockSample): ClockSample {
  if (known === null || !isGood(known, fresh.taken)) return fresh;
  const agree = Math.abs(known.offset_ms - fresh.offset_ms) <= (known.rtt_ms + fresh.rtt_ms) / 2 + 50;
  return agree && known.rtt_ms < fresh.rtt_ms ? known : fresh;
}

/** Whether a sample still says what the wall clock is worth, and is not old. */
export function isGood(sample: ClockSample, now: Moment): boolean {
  return offsetAt(sample, now) !== null && now.steady_ms - sample.taken.steady_ms <= SAMPLE_GOOD_FOR_MS;
}

/** The offset at a later moment of the same life; null if the wall clock was set since, or the device slept. */
export function offsetAt(sample: ClockSample, now: Moment): number | null {
  return sample.taken.life === now.life && Math.abs(stepSince(sample.taken, now)) <= STEP_MS ? sample.offset_ms : null;
}

/** The moment of a tap, with what is known of the clocks from `sample`. */
export function tappedAt(now: Moment, sample: ClockSample | null): Tapped {
  const offset_ms = sample === null ? null : offsetAt(sample, now);
  if (sample === null || offset_ms !== null || Math.abs(sample.offset_ms) <= WRONG_MS) return { ...now, offset_ms };
  return { ...now, offset_ms, wrong_before: { offset_ms: sample.offset_ms, wall_ms: sample.taken.wall_ms } };
}

/**
 * What to add to the wall clock now, as far as can be told without asking the server. A clock that went back, or that went
 * on by just as much as it was slow, was set; one that went on otherwise was asleep.
 */
export function likelyOffset(sample: ClockSample | null, now: Moment): number {
  if (sample === null) return 0;
  const { offset_ms, taken } = sample;
  // Of two lives only the wall clocks can be compared; whoever set one back meant to set it right.
  if (taken.life !== now.life) return now.wall_ms < taken.wall_ms - STEP_MS ? 0 : offset_ms;
  const step = stepSince(taken, now);
  const set_right = offset_ms > WRONG_MS && Math.abs(offset_ms - step) <= WRONG_MS;
  return step < -STEP_MS || set_right ? offset_ms - step : offset_ms;
}

/**
 * When a tap happened by the server's clock, in milliseconds since 1970, never later than now.
 *
 * Within one life the steady clock says how long ago the tap was, even if the wall clock was set since. But it stands
 * still while some devices sleep, so the wall clock is believed unless it shows that it was set: by going back, or by
 * having another offset than the one known at the tap.
 */
export function serverTimeOf(tapped: Tapped, now: Moment, offset_ms: number): number {
  const now_ms = now.wall_ms + offset_ms;
  return Math.min(now_ms, estimate(tapped, now, offset_ms));
}

function estimate(tapped: Tapped, now: Moment, offset_ms: number): number {
  const by_wall = tapped.wall_ms + offset_ms;
  const { wrong_before } = tapped;
  if (wrong_before !== undefined) {
    const set_on_by = wrong_before.offset_ms - offset_ms;
    // Had it been set on before the tap, it would have shown at least so much more at the tap.
    if (set_on_by > WRONG_MS && tapped.wall_ms - wrong_before.wall_ms < set_on_by) return tapped.wall_ms + wrong_before.offset_ms;
  }
  const was_set = tapped.offset_ms !== null && Math.abs(tapped.offset_ms - offset_ms) > STEP_MS;
  if (tapped.life !== now.life) return was_set && tapped.offset_ms !== null ? tapped.wall_ms + tapped.offset_ms : by_wall;
  const step = stepSince(tapped, now);
  return was_set || step < -STEP_MS ? by_wall + step : by_wall;
}

/** By how much more the wall clock moved than the steady one; asleep counts as moved. */
function stepSince(then: Moment, now: Moment): number {
  return now.wall_ms - then.wall_ms - (now.steady_ms - then.steady_ms);
}

/** The stamp for a time, strictly after `last`. */
export function stampAfter(last: InstantText | null, time_ms: number): InstantText {
  const floor = last === null ? Number.NEGATIVE_INFINITY : Date.parse(last) + 1;
  return instant(Math.max(Math.round(time_ms), floor));
}

/** Milliseconds since 1970 as text. */
export function instant(time_ms: number): InstantText {
  return new Date(time_ms).toISOString();
}

/** The device's clock minus the server's, if a person ought to know of it. */
export function clockWrongBy(offset_ms: number): number | null {
  return Math.abs(offset_ms) <= WRONG_MS ? null : Math.round(-offset_ms);
}
