import assert from "node:assert/strict";
import { test } from "node:test";
import { handInEnvelope, nextToHandIn, readUnsentFile, registersOf, spanOf } from "../../src/core/handed_in.ts";
import type { HandedInFile, HandInOutcome, Store } from "../../src/model.ts";
import { atRegister, signIn } from "./at_register.ts";
import { Backend, STUDENTS } from "./backend.ts";
import { Device } from "./device.ts";

const [ACHIENG = "", BARASA = "", CHEBET = ""] = STUDENTS;
const EVERYTHING = (): boolean => true;

/** The office with the file that a teacher's device, which never sends, has saved. */
async function atOffice(): Promise<{ device: Device; office: Store; file: HandedInFile }> {
  const device = new Device(new Backend());
  const teacher = await atRegister(device);
  device.goOnline(false);
  await teacher.actions.mark(ACHIENG, "absent");
  await teacher.actions.mark(BARASA, "late", { minutes_late: 7 });
  await teacher.actions.mark(CHEBET, "present");
  const text = await teacher.actions.exportUnsent();
  await teacher.actions.signOut("keep");
  device.goOnline(true);
  const office = await device.tab();
  await signIn(office, "office");
  await device.pass(2_000);
  const file = await office.actions.readUnsentFile(text);
  assert.ok(file);
  return { device, office, file };
}

test("what an app saves the office can read: whose, how many, when, of what", async () => {
  const { file } = await atOffice();
  assert.deepEqual([file.actor.name, file.commands.length], ["kelvin", 3]);
  assert.deepEqual(registersOf(file), [{ class_title: "Form 2 East", date: "2026-11-24", count: 3 }]);
  const span = spanOf(file);
  assert.ok(span && span.from <= span.to);
  assert.deepEqual(file.commands.map((command) => [command.student_name, command.status]), [["Achieng Mary", "absent"], ["Barasa Peter", "late"], ["Chebet Ann", "present"]]);
});

test("it is handed in in that person's name, each command has its outcome, and twice is once", async () => {
  const { device, office, file } = await atOffice();
  device.backend.refused = new Set([file.commands[1]?.command_id ?? ""]);
  const outcomes: HandInOutcome[] = [];
  assert.equal(await office.actions.handIn(file, EVERYTHING, (told) => outcomes.push(...told)), null);
  assert.deepEqual(outcomes.map((one) => [one.outcome, one.problem?.slug ?? null]), [["accepted", null], ["rejected", "not-enrolled"], ["accepted", null]]);
  assert.deepEqual(device.backend.log.map(({ by, device_id }) => [by, device_id]), [["kelvin", file.device_id], ["kelvin", file.device_id]]);
  const again: HandInOutcome[] = [];
  await office.actions.handIn(file, EVERYTHING, (told) => again.push(...told));
  assert.deepEqual(again.map((one) => one.outcome), ["duplicate", "rejected", "duplicate"]);
  assert.equal(device.backend.log.length, 2);
});

test("what stops a handing in is told, and the rest goes on from there", async () => {
  const { device, office, file } = await atOffice();
  device.backend.fault = () => "no_network";
  const told: string[] = [];
  const hear = (outcomes: readonly HandInOutcome[]): void => void told.push(...outcomes.map((one) => one.command_id));
  assert.equal((await office.actions.handIn(file, EVERYTHING, hear))?.slug, "unreachable");
  assert.deepEqual(told, []);
  device.backend.fault = () => "none";
  assert.equal(await office.actions.handIn(file, (id) => id !== file.commands[0]?.command_id, hear), null);
  assert.deepEqual(told, file.commands.slice(1).map((command) => command.command_id));
});

test("stamps that were never corrected go apart, judged by when the file was saved", () => {
  const command = (command_id: string, is_corrected: boolean): HandedInFile["commands"][number] => ({
    command: { command_id }, command_id, type: "MarkAttendance", occurred_at: "2026-11-24T05:00:00.000Z", is_corrected,
    class_title: null, student_name: null, date: null, status: null,
  });
  const file: HandedInFile = {
    school_id: "s", actor: { id: "kelvin", name: "Kelvin" }, device_id: "d", app_version: "1", exported_at: "2026-11-24T06:00:00.000Z",
    commands: [command("a", true), command("b", true), command("c", false), command("d", true)],
  };
  const sent = new Set<string>();
  const batches: unknown[] = [];
  for (;;) {
    const batch = nextToHandIn(file, (id) => !sent.has(id));
    if (batch.length === 0) break;
    for (const one of batch) sent.add(one.command_id);
    const { sent_at, clock, claimed_by } = handInEnvelope(file, batch, "2026-11-25T00:00:00.000Z");
    batches.push([batch.map((one) => one.command_id), sent_at, clock, claimed_by]);
  }
  assert.deepEqual(batches, [
    [["a", "b"], "2026-11-25T00:00:00.000Z", null, "kelvin"],
    [["c"], "2026-11-24T06:00:00.000Z", null, "kelvin"],
    [["d"], "2026-11-25T00:00:00.000Z", null, "kelvin"],
  ]);
});

test("anything else is no file of unsent work", () => {
  const good = { format: "muster-unsent", version: 1, school_id: "s", actor: { id: "a" }, device_id: "d", exported_at: "2026-11-24T06:00:00.000Z", commands: [] };
  assert.ok(readUnsentFile(JSON.stringify(good), null));
  for (const change of [{ version: 2 }, { format: "x" }, { actor: null }, { exported_at: "today" }, { commands: {} }, { commands: [{ command: {} }] }]) {
    assert.equal(readUnsentFile(JSON.stringify({ ...good, ...change }), null), null, JSON.stringify(change));
  }
  for (const text of ["", "[]", "null", "<html>", '"muster-unsent"']) assert.equal(readUnsentFile(text, null), null, text);
});
