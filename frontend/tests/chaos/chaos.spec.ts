/**
 * Random schedules of faults, the real app against the real server: no mark is lost, none is there twice.
 *
 * `MUSTER_CHAOS_SCHEDULES` says how many; each has a seed of its own, counted up from `MUSTER_CHAOS_SEED`. A schedule that
 * failed is tried again alone with its seed and `MUSTER_CHAOS_SCHEDULES=1`.
 */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { runsInDeadTab } from "./gate.ts";
import { Morning } from "./morning.ts";
import type { Fault } from "./network.ts";
import { schedules, type Schedule } from "./schedule.ts";
import { ChaosSchool, type Lane } from "./school.ts";
import { judge, sessionOf, type Figures } from "./verdict.ts";

const SCHEDULES = Number(process.env["MUSTER_CHAOS_SCHEDULES"] ?? 25);
const SEED = Number(process.env["MUSTER_CHAOS_SEED"] ?? 20_261_124);
/** How many schedules are lived through at a time: most of a schedule is waiting. */
const LANES = Math.min(20, SCHEDULES);
/** How often a failing schedule is tried again to find a shorter one. */
const MOST_SHRINKS = 15;
const SAY_EVERY = 50;

class Chaos {
  private next = 0;
  private done = 0;
  private mornings = 0;
  private has_failed = false;
  private readonly sum = { taps: 0, commands: 0, events: 0, refused: 0 };
  private readonly began = performance.now();

  constructor(private readonly school: ChaosSchool) {}

  /** Lives through schedules as long as there are any. */
  async work(lane: Lane): Promise<void> {
    while (this.next < SCHEDULES && !this.has_failed) {
      const seed = SEED + this.next++;
      await this.one(lane, seed).catch((error: unknown) => {
        this.has_failed = true;
        throw error;
      });
      this.done += 1;
      if (this.done % SAY_EVERY === 0) console.log(this.report());
    }
  }

  report(): string {
    const met = new Map<Fault, number>();
    for (const { network } of this.school.lanes.flatMap((lane) => lane.devices)) {
      for (const [fault, times] of network.met) met.set(fault, (met.get(fault) ?? 0) + times);
    }
    const { taps, commands, events, refused } = this.sum;
    const requests = [...met.values()].reduce((all, times) => all + times, 0);
    const faults = [...met].filter(([fault]) => fault !== "none").sort().map(([fault, times]) => `${fault} ${times}`).join(", ");
    const seconds = Math.round((performance.now() - this.began) / 1000);
    return `${this.done} schedules from seed ${SEED} in ${seconds} s: ${taps} taps, ${commands} commands kept, ${events} events appended, `
      + `${refused} reopenings refused and told, 0 lost, 0 duplicated\n${requests} requests, with ${faults}`;
  }

  private async one(lane: Lane, seed: number): Promise<void> {
    let failed = 0;
    await fc.assert(fc.asyncProperty(schedules, async (schedule) => {
      if (failed > MOST_SHRINKS) return;
      try {
        this.add(await this.live(lane, schedule));
      } catch (error) {
        failed += 1;
        if (failed === 1) console.error(`seed ${seed} fails: ${String(error)}`);
        throw error;
      }
      if (failed > 0) failed += 1;
    }), { seed, numRuns: 1, unbiased: true });
  }

  private async live(lane: Lane, schedule: Schedule): Promise<Figures> {
    const slot = `chaos${++this.mornings}`;
    const morning = new Morning(this.school, lane, { class_id: lane.class_id, date: lane.date, subject_id: null, slot }, schedule);
    try {
      await morning.live();
      return await judge(morning, await this.school.office(), sessionOf(morning));
    } finally {
      morning.end();
    }
  }

  private add(figures: Figures): void {
    for (const name of ["taps", "commands", "events", "refused"] as const) this.sum[name] += figures[name];
  }
}

test(`${SCHEDULES} schedules of faults lose no mark and double none`, async () => {
  const school = await ChaosSchool.open(LANES);
  after(() => school.close());
  const complaints: unknown[] = [];
  const complain = console.error;
  // What a tab that is gone complains of is of no interest.
  console.error = (...said: unknown[]) => {
    if (runsInDeadTab()) return;
    complaints.push(said);
    complain(...said);
  };
  after(() => void (console.error = complain));
  const chaos = new Chaos(school);
  const lanes = await Promise.allSettled(school.lanes.map((lane) => chaos.work(lane)));
  for (const lane of lanes) if (lane.status === "rejected") throw lane.reason;
  console.log(chaos.report());
  assert.deepEqual(complaints, []);
});
