/** What can happen in a morning: what a teacher does on two devices, and what happens to those and to the network. */

import fc from "fast-check";
import type { Status } from "../../src/model.ts";
import { FAULTS } from "./network.ts";

const DAY_MS = 86_400_000;
const one = <T extends string>(kind: T): fc.Arbitrary<T> => fc.constant(kind);
/** Most is done on the first device. */
const device = fc.constantFrom(0, 0, 0, 1);
const student = fc.nat(3);
const status = fc.constantFrom<Status>("present", "absent", "late", "excused");
/** Whether the teacher looks for the tick before going on. */
const waits = fc.boolean();
/** Whether what a killed tab was writing is undone. */
const undo = fc.boolean();

const step = fc.oneof(
  { weight: 16, arbitrary: fc.record({ kind: one("mark"), device, student, status, waits }) },
  { weight: 2, arbitrary: fc.record({ kind: one("clear"), device, student, waits }) },
  { weight: 2, arbitrary: fc.record({ kind: one("rest"), device, waits }) },
  { weight: 1, arbitrary: fc.record({ kind: one("undo"), device, waits }) },
  { weight: 1, arbitrary: fc.record({ kind: one("close"), device, waits }) },
  { weight: 1, arbitrary: fc.record({ kind: one("reopen"), device, waits, count_since: fc.boolean() }) },
  { weight: 8, arbitrary: fc.record({ kind: one("network"), device, faults: fc.array(fc.constantFrom(...FAULTS), { minLength: 1, maxLength: 4 }) }) },
  { weight: 6, arbitrary: fc.record({ kind: one("time"), ms: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 3_000, max: 30_000 })) }) },
  { weight: 2, arbitrary: fc.record({ kind: one("kill"), device, tab: fc.nat(1), undo }) },
  { weight: 2, arbitrary: fc.record({ kind: one("second_tab"), device }) },
  { weight: 2, arbitrary: fc.record({ kind: one("offline"), device }) },
  { weight: 3, arbitrary: fc.record({ kind: one("online"), device }) },
  { weight: 1, arbitrary: fc.record({ kind: one("clock"), device, wrong_by_ms: fc.integer({ min: -3 * DAY_MS, max: 26 * 3_600_000 }) }) },
);

/** One thing that happens. */
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export interface Schedule {
  readonly steps: readonly Step[];
  /** At the end the network is well and the app finds out by itself; else the app is killed and opened again. */
  readonly ends_by_itself: boolean;
  readonly chance: number;
}

export const schedules: fc.Arbitrary<Schedule> = fc.record({
  steps: fc.array(step, { minLength: 8, maxLength: 40, size: "max" }),
  ends_by_itself: fc.constantFrom(true, false, false),
  chance: fc.integer(),
});

/** A row of numbers from 0 to 1 that follows from the first. */
export function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
