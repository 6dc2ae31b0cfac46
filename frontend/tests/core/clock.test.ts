import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { askedWait, waitAfter } from "../../src/core/backoff.ts";
import {
  betterSample, clockWrongBy, isGood, likelyOffset, offsetAt, sampleOf, serverTimeOf, stampAfter, tappedAt, type Moment,
} from "../../src/core/clock.ts";

const HOUR = 3_600_000;
/** The longest wait between two tries. */
const FIVE_MINUTES = 300_000;
const NOW = Date.parse("2026-11-24T08:00:00.000Z");

function moment(wall_ms: number, steady_ms: number, life = 1): Moment {
  return { wall_ms, steady_ms, life };
}

test("a clock that is 26 hours fast is found out", () => {
  const sample = sampleOf(NOW, moment(NOW + 26 * HOUR - 40, 1000), moment(NOW + 26 * HOUR + 40, 1080));
  assert.equal(sample.offset_ms, -26 * HOUR);
  assert.equal(sample.rtt_ms, 80);
  assert.equal(clockWrongBy(sample.offset_ms), 26 * HOUR);
});

test("nobody is told of an error under two minutes", () => {
  const sample = sampleOf(NOW, moment(NOW + 119_000, 0), moment(NOW + 119_000, 0));
  assert.equal(clockWrongBy(sample.offset_ms), null);
});

test("the quicker of two samples that agree is kept, and any other is replaced", () => {
  const quick = { offset_ms: 100, rtt_ms: 50, taken: moment(NOW, 0) };
  const slow = { offset_ms: 300, rtt_ms: 600, taken: moment(NOW + 1000, 1000) };
  assert.equal(betterSample(quick, slow), quick);
  assert.equal(betterSample(slow, quick), quick);
  const far = { ...slow, offset_ms: 9_000 };
  assert.equal(betterSample(quick, far), far);
  assert.equal(betterSample(null, slow), slow);
});

test("a sample is worth nothing once the wall clock was set, ten minutes have passed, or the page was loaded anew", () => {
  const sample = { offset_ms: 0, rtt_ms: 50, taken: moment(NOW, 0) };
  assert.ok(isGood(sample, moment(NOW + 60_000, 60_000)));
  assert.ok(!isGood(sample, moment(NOW + HOUR, 60_000)));
  assert.ok(!isGood(sample, moment(NOW + 11 * 60_000, 11 * 60_000)));
  assert.ok(!isGood(sample, moment(NOW + 60_000, 60_000, 2)));
  assert.equal(offsetAt(sample, moment(NOW + HOUR, HOUR)), 0);
  assert.equal(offsetAt(sample, moment(NOW - HOUR, HOUR)), null);
});

test("a tap is stamped with the server's time of the tap, however wrong the device's clock is", () => {
  fc.assert(fc.property(
    fc.integer({ min: -40 * 24 * HOUR, max: 40 * 24 * HOUR }),
    fc.integer({ min: 0, max: 10 * HOUR }),
    fc.boolean(),
    (wrong_ms, later_ms, reloaded) => {
      const tapped = { ...moment(NOW + wrong_ms, 500), offset_ms: null };
      const now = moment(NOW + wrong_ms + later_ms, reloaded ? 3 : 500 + later_ms, reloaded ? 2 : 1);
      assert.equal(serverTimeOf(tapped, now, -wrong_ms), NOW);
    },
  ));
});

test("a tap keeps its time when the wall clock is set afterwards", () => {
  const tapped = { ...moment(NOW + 26 * HOUR, 500), offset_ms: null };
  const set_back = moment(NOW + 60_000, 60_500);
  assert.equal(serverTimeOf(tapped, set_back, 0), NOW);
  const known = { ...moment(NOW - 3 * HOUR, 500), offset_ms: 3 * HOUR };
  const set_forward = moment(NOW + 60_000, 60_500);
  assert.equal(serverTimeOf(known, set_forward, 0), NOW);
  const loaded_anew = moment(NOW + 60_000, 4, 2);
  assert.equal(serverTimeOf(known, loaded_anew, 0), NOW);
});

test("a tap of a new life keeps its time when a slow clock is set right afterwards, and when it was set before", () => {
  const slow = { offset_ms: 72 * HOUR, rtt_ms: 10, taken: moment(NOW - 72 * HOUR, 500) };
  const before = tappedAt(moment(NOW - 71 * HOUR, 20, 2), slow);
  const set_right = NOW + 2 * HOUR;
  assert.equal(serverTimeOf(before, moment(set_right, HOUR + 20, 2), 0), NOW + HOUR);
  assert.equal(serverTimeOf(before, moment(set_right, 5, 3), 0), NOW + HOUR);
  const after = tappedAt(moment(set_right, 20, 2), slow);
  assert.equal(serverTimeOf(after, moment(set_right + HOUR, HOUR + 20, 2), 0), set_right);
  assert.equal(serverTimeOf(after, moment(set_right + HOUR, 5, 3), 0), set_right);
  const never = moment(NOW - 70 * HOUR, 5, 3);
  assert.equal(serverTimeOf(before, never, 72 * HOUR), NOW + HOUR);
});

test("only what a clock that was wrong was off by is kept with a tap", () => {
  const right = { offset_ms: 500, rtt_ms: 10, taken: moment(NOW, 500) };
  assert.deepEqual(tappedAt(moment(NOW + 1, 501), right), { ...moment(NOW + 1, 501), offset_ms: 500 });
  assert.deepEqual(tappedAt(moment(NOW + 1, 5, 2), right), { ...moment(NOW + 1, 5, 2), offset_ms: null });
  assert.deepEqual(tappedAt(moment(NOW, 5), null), { ...moment(NOW, 5), offset_ms: null });
});

test("the time shown follows a clock that is set right without a network", () => {
  const at = (now: Moment, sample: Parameters<typeof likelyOffset>[0]): number => now.wall_ms + likelyOffset(sample, now);
  const fast = { offset_ms: -26 * HOUR, rtt_ms: 10, taken: moment(NOW + 26 * HOUR, 500) };
  assert.equal(at(moment(NOW + 27 * HOUR, 500 + HOUR), fast), NOW + HOUR, "not set");
  assert.equal(at(moment(NOW + HOUR, 500 + HOUR), fast), NOW + HOUR, "set back");
  assert.equal(at(moment(NOW + HOUR, 3, 2), fast), NOW + HOUR, "set back in another life");
  assert.equal(at(moment(NOW + 27 * HOUR, 3, 2), fast), NOW + HOUR, "not set, in another life");
  const slow = { offset_ms: 72 * HOUR, rtt_ms: 10, taken: moment(NOW - 72 * HOUR, 500) };
  assert.equal(at(moment(NOW + HOUR, 500 + HOUR), slow), NOW + HOUR, "set on");
  assert.equal(at(moment(NOW - 64 * HOUR, 700), slow), NOW + 8 * HOUR, "asleep for eight hours");
  assert.equal(at(moment(NOW, 700), null), NOW);
});

test("a tap before the device slept keeps its time", () => {
  const tapped = { ...moment(NOW, 500), offset_ms: 0 };
  assert.equal(serverTimeOf(tapped, moment(NOW + 6 * HOUR, 10_000), 0), NOW);
});

test("no tap happened later than now", () => {
  const tapped = { ...moment(NOW + 5 * HOUR, 500), offset_ms: null };
  assert.equal(serverTimeOf(tapped, moment(NOW, 3, 2), 0), NOW);
});

test("stamps strictly increase", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: NOW })), (times) => {
    let last: string | null = null;
    for (const time of times) {
      const stamp: string = stampAfter(last, time);
      if (last !== null) assert.ok(stamp > last);
      assert.ok(Date.parse(stamp) >= time);
      last = stamp;
    }
  }));
});

test("waits grow, never beyond five minutes, and never end", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
    const wait = waitAfter(failures, random);
    assert.ok(wait >= 200 && wait <= FIVE_MINUTES);
  }));
  assert.equal(waitAfter(1, 1), 1_000);
  assert.equal(waitAfter(4, 1), 8_000);
  assert.equal(waitAfter(50, 1), FIVE_MINUTES);
  // By chance anything from the shortest on, so that a school's devices come back at different times.
  assert.deepEqual([waitAfter(4, 0), waitAfter(4, 0.5), waitAfter(50, 0.25)], [200, 4_000, FIVE_MINUTES / 4]);
});

test("the server's wish to wait is read as seconds or as a date", () => {
  assert.equal(askedWait("7", NOW), 7_000);
  assert.equal(askedWait(new Date(NOW + 9_000).toUTCString(), NOW), 9_000);
  assert.equal(askedWait("99999", NOW), FIVE_MINUTES);
  assert.equal(askedWait("soon", NOW), null);
  assert.equal(askedWait(null, NOW), null);
});
