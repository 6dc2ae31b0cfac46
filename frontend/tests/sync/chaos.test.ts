import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { RegisterKey, Status, Store } from "../../src/model.ts";
import { Backend, CLASS_ID, PASSWORD, STUDENTS, type Fault } from "./backend.ts";
import { Device, until } from "./device.ts";

const KEY: RegisterKey = { class_id: CLASS_ID, date: "2026-11-24", subject_id: null, slot: "am" };
const FAULTS: Fault[] = [
  "none", "no_network", "lost_answer", "half_an_answer", "captive_portal", "portal_without_store",
  "busy", "too_many", "too_large", "broken", "expired", "gone",
];
/** How many schedules; `MUSTER_SCHEDULES=1000` for the long run. */
const SCHEDULES = Number(process.env["MUSTER_SCHEDULES"] ?? 40);

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("tap" as const), student: fc.nat(2), status: fc.constantFrom<Status>("present", "absent", "late") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("burst" as const), students: fc.array(fc.nat(2), { minLength: 2, maxLength: 5 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("network" as const), faults: fc.array(fc.constantFrom(...FAULTS), { minLength: 1, maxLength: 4 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 100, max: 70_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("kill" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("second_tab" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("clock" as const), wrong_by_ms: fc.integer({ min: -3 * 86_400_000, max: 26 * 3_600_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restore" as const), lost: fc.integer({ min: 0, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("tokens" as const) }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class Schedule {
  readonly device = new Device(new Backend());
  readonly taps: { student_id: string; status: Status }[] = [];
  private tabs: Store[] = [];
  private turn = 0;

  async begin(): Promise<void> {
    await this.openTab();
    const [tab] = this.tabs;
    await tab?.actions.signIn({ school_code: "STAREHE", username: "kelvin", password: PASSWORD, shared_device: false });
    await this.device.pass(1_000);
    tab?.actions.go({ name: "register", key: KEY });
  }

  async do(one: Step): Promise<void> {
    const { backend } = this.device;
    if (one.kind === "tap") await this.tap(STUDENTS[one.student] ?? "", one.status);
    if (one.kind === "burst") await this.burst(one.students);
    if (one.kind === "pass") await this.device.pass(one.ms);
    if (one.kind === "restore") backend.restore(one.lost);
    if (one.kind === "tokens") backend.expireTokens();
    if (one.kind === "clock") this.device.wrong_by_ms = one.wrong_by_ms;
    if (one.kind === "second_tab" && this.tabs.length < 2) await this.openTab();
    if (one.kind === "kill") await this.kill();
    if (one.kind === "network") {
      let request = 0;
      backend.fault = () => one.faults[request++ % one.faults.length] ?? "none";
    }
  }

  /** The network gets well, and everybody waits. */
  async drain(): Promise<Store> {
    await this.kill();
    this.device.backend.fault = () => "none";
    await this.device.pass(90_000);
    const [tab] = this.tabs;
    if (tab === undefined) throw new Error("no tab is open");
    return tab;
  }

  private async tap(student_id: string, status: Status): Promise<void> {
    await this.nextTab().actions.mark(student_id, status);
    this.taps.push({ student_id, status });
  }

  /** Marks in a row, none of which waits for the one before, and then everybody who is left. */
  private async burst(students: readonly number[]): Promise<void> {
    const { actions } = this.nextTab();
    const taps = students.map((student) => ({ student_id: STUDENTS[student] ?? "", status: "absent" as const }));
    const marked = new Set([...this.taps, ...taps].map((tap) => tap.student_id));
    const covered = STUDENTS[2];
    const rest = STUDENTS.filter((student_id) => !marked.has(student_id) && student_id !== covered);
    await Promise.all([...taps.map((tap) => actions.mark(tap.student_id, tap.status)), actions.markRestPresent()]);
    this.taps.push(...taps, ...rest.map((student_id) => ({ student_id, status: "present" as const })));
  }

  private nextTab(): Store {
    const tab = this.tabs[this.turn++ % this.tabs.length];
    if (tab === undefined) throw new Error("no tab is open");
    return tab;
  }

  private async kill(): Promise<void> {
    this.device.killAllTabs();
    this.tabs = [];
    await this.openTab();
  }

  private async openTab(): Promise<void> {
    const tab = await this.device.tab();
    tab.actions.go({ name: "register", key: KEY });
    if (tab.state().phase === "ready") await until(tab, (state) => state.register !== null);
    this.tabs.push(tab);
  }
}

test("no schedule of faults loses or doubles a mark", async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
    const schedule = new Schedule();
    await schedule.begin();
    for (const one of steps) await schedule.do(one);
    const tab = await schedule.drain();
    const events = [...schedule.device.backend.log].sort((a, b) => (a.command.command_id < b.command.command_id ? -1 : 1));
    assert.equal(new Set(events.map((event) => event.command.command_id)).size, events.length);
    const said = events.map(({ command }) => (command.type === "MarkAttendance" ? { student_id: command.student_id, status: command.status } : null));
    assert.deepEqual(said, schedule.taps);
    const stamps = events.map((event) => event.command.occurred_at);
    assert.deepEqual(stamps, [...new Set(stamps)].sort(), "stamps follow the taps");
    assert.equal(tab.state().sync.unsent, 0);
    const last = new Map(schedule.taps.map((tap) => [tap.student_id, tap.status]));
    for (const row of tab.state().register?.rows ?? []) assert.equal(row.status, last.get(row.student_id) ?? "unmarked");
  }), { numRuns: SCHEDULES, endOnFailure: true });
});
