/** Whether a morning came out right: what was tapped, what is on the devices, and what the server wrote down. */

import assert from "node:assert/strict";
import type { OutboxRow } from "../../src/core/command.ts";
import type { RegisterRow } from "../../src/model.ts";
import { eventually } from "../system/eventually.ts";
import type { Event, Office, Register } from "../system/office.ts";
import type { Morning } from "./morning.ts";
import type { Tab } from "./device.ts";

/** What was counted in a morning. */
export interface Figures {
  readonly taps: number;
  readonly commands: number;
  readonly events: number;
  readonly refused: number;
}

/** Fails unless every tap that the app called saved is on the server, and everything on the server is there once. */
export async function judge(morning: Morning, office: Office, session_id: string): Promise<Figures> {
  const person_id = morning.lane.record.person.id;
  // Events are told in an order that never changes, so the newest a moment later; and the last answer of a network that
  // spoke for another store makes a device send everything once more.
  const { outboxes, events, refused, sent } = await eventually(async () => {
    const outboxes = await Promise.all(morning.devices.map((device) => device.outbox(person_id)));
    const rows = outboxes.flat();
    assert.deepEqual(rows.filter((row) => row.state === "queued").map((row) => row.command_id), [], "everything was answered for");
    const sent = rows.filter((row) => row.state === "acknowledged");
    const events = await office.events(session_id);
    assert.deepEqual(events.map((event) => event.command_id).sort(), sent.map((row) => row.command_id).sort(), "one event for each command");
    return { outboxes, events, refused: rows.filter((row) => row.state === "attention"), sent };
  });
  for (const [index, device] of morning.devices.entries()) everySavedTapIsKept(morning, device, outboxes[index] ?? []);
  // Reopening depends on what another device did meanwhile; the teacher is told.
  assert.deepEqual(refused.filter((row) => row.command.type !== "ReopenSession").map((row) => [row.command, row.problem]), []);
  for (const row of sent) saysTheSame(row, events.find((event) => event.command_id === row.command_id));
  for (const outbox of outboxes) stampsFollowTaps(outbox);
  for (const device of morning.devices) for (const tab of device.tabs) await showsWhatTheServerHas(tab, office, morning, events.length > 0);
  return { taps: morning.taps.length, commands: sent.length + refused.length, events: events.length, refused: refused.length };
}

function everySavedTapIsKept(morning: Morning, device: object, rows: readonly OutboxRow[]): void {
  const taps = morning.taps.filter((tap) => tap.device === device);
  const last_of_tab = new Map<Tab, number>();
  for (const tap of taps) {
    const of_tap = rows.filter(({ command }) => command.type === "MarkAttendance" && command.remarks === tap.remark);
    assert.ok(of_tap.length <= 1, `${tap.remark} once`);
    const [row] = of_tap;
    if (row === undefined) {
      assert.ok(!tap.saved, `${tap.remark} was saved`);
      continue;
    }
    assert.ok(row.command.type === "MarkAttendance");
    assert.deepEqual([row.command.student_id, row.command.status], [tap.student_id, tap.status]);
    assert.ok(row.seq > (last_of_tab.get(tap.tab) ?? 0), `${tap.remark} after the taps before it`);
    last_of_tab.set(tap.tab, row.seq);
  }
}

function saysTheSame({ command, seq }: OutboxRow, event: Event | undefined): void {
  assert.ok(event);
  // One member, named after the kind of event.
  const [payload = {}] = Object.values(event.payload) as Readonly<Record<string, unknown>>[];
  if (!("student_id" in command)) return;
  assert.equal(payload["student_id"], command.student_id, `number ${seq} is of the same student`);
  if (command.type !== "MarkAttendance") return;
  assert.equal(payload["status"], command.status, `number ${seq} says the same`);
  assert.equal(event.remarks ?? null, command.remarks, `number ${seq} remarks the same`);
}

function stampsFollowTaps(rows: readonly OutboxRow[]): void {
  // What the server found to be in the future happened when it arrived, all of it at once: then the ids decide.
  const places = rows.map((row) => `${row.occurred_at} ${row.command_id}`);
  assert.deepEqual(places, [...new Set(places)].sort(), "the server's order is that of the taps");
}

/** Every open tab shows the register as the server has it, once it has read it again. */
async function showsWhatTheServerHas(tab: Tab, office: Office, morning: Morning, was_touched: boolean): Promise<void> {
  await eventually(async () => {
    const served = was_touched ? await office.register({ ...morning.key, slot: morning.key.slot ?? "" }) : null;
    await tab.run(() => tab.store.actions.sendNow());
    await morning.signInIfAsked(tab);
    const { register, sync } = tab.store.state();
    assert.ok(register);
    assert.equal(sync.unsent, 0);
    assert.equal(register.status, served?.status ?? "not_taken");
    const expected = new Map((served?.students ?? []).map((student) => [student.student_id, servedMark(student.mark)]));
    const shown = register.rows.map((row) => [row.student_id, shownMark(row)]);
    assert.deepEqual(shown, register.rows.map((row) => [row.student_id, expected.get(row.student_id) ?? UNMARKED]));
  });
}

const UNMARKED = { status: "unmarked", minutes_late: null, remarks: null };

function shownMark({ status, minutes_late, remarks }: RegisterRow): typeof UNMARKED | object {
  return { status, minutes_late, remarks };
}

function servedMark(mark: Register["students"][number]["mark"]): typeof UNMARKED | object {
  if (mark == null) return UNMARKED;
  return { status: mark.status, minutes_late: mark.minutes_late ?? null, remarks: mark.remarks ?? null };
}

/** The id of the register that a morning is about. */
export function sessionOf(morning: Morning): string {
  for (const tab of morning.devices.flatMap((device) => device.tabs)) {
    const { register } = tab.store.state();
    if (register !== null) return register.session_id;
  }
  throw new Error("no register is open");
}
