import assert from "node:assert/strict";
import { test } from "node:test";
import type { Store } from "../../src/model.ts";
import { atRegister, KEY, signIn, statuses } from "./at_register.ts";
import { Backend, CLASS_ID, STUDENTS } from "./backend.ts";
import { Device, until } from "./device.ts";

const [ACHIENG = ""] = STUDENTS;
/** Much less than the time after which registers are asked for without having heard anything. */
const SOON_MS = 1_000;

async function listening(): Promise<{ device: Device; store: Store }> {
  const backend = new Backend();
  backend.tells = true;
  const device = new Device(backend);
  const store = await atRegister(device);
  return { device, store };
}

/** What a colleague marks on a phone of their own. */
function colleagueMarks(backend: Backend, status: "present" | "absent", command_id = "0192ffff-0000-7000-8000-000000000001"): number {
  const occurred_at = new Date(backend.now_ms).toISOString();
  const command = { command_id, type: "MarkAttendance" as const, occurred_at, session: KEY, student_id: ACHIENG, status };
  backend.log.push({ by: "amina", device_id: "another", command, position: backend.log.length + 1 });
  return backend.log.length;
}

const changed = (position: number, date: string = KEY.date): string => {
  const changed_position = `1-0-${position.toString(16)}`;
  return `id: ${changed_position}\ndata: ${JSON.stringify({ session_id: "x", class_id: CLASS_ID, date, changed_position, reason: "changed" })}\n\n`;
};
const registersAsked = (backend: Backend): number => backend.requests.filter((request) => request.includes("/sessions?")).length;

test("a colleague's mark appears as soon as the server tells of it", async () => {
  const { device, store } = await listening();
  const position = colleagueMarks(device.backend, "absent");
  device.backend.listeners[0]?.tell(changed(position));
  await device.pass(SOON_MS);
  assert.equal(statuses(store.state())[0], "absent");
  assert.equal(device.backend.listeners.length, 1);
});

test("while the server tells by itself it is asked once a minute, and otherwise every quarter of one", async () => {
  const { device } = await listening();
  await device.pass(20_000);
  const before = registersAsked(device.backend);
  for (let round = 0; round < 6; round++) {
    device.backend.listeners[0]?.tell(": still here\n\n");
    await device.pass(20_000);
  }
  assert.ok(registersAsked(device.backend) - before <= 2, `${registersAsked(device.backend) - before} times in two minutes`);
  device.backend.tells = false;
  device.backend.listeners[0]?.end();
  await device.pass(120_000);
  const quiet = registersAsked(device.backend);
  await device.pass(60_000);
  assert.ok(registersAsked(device.backend) - quiet >= 3);
});

test("what is of no interest is not asked for: read already, or of a day that is not kept", async () => {
  const { device, store } = await listening();
  await store.actions.mark(ACHIENG, "present");
  await device.pass(5_000);
  const before = registersAsked(device.backend);
  device.backend.listeners[0]?.tell(changed(1) + changed(9, "2026-09-02"));
  await device.pass(SOON_MS);
  assert.equal(registersAsked(device.backend), before);
});

test("one tab listens, and another takes over when that one is gone", async () => {
  const { device } = await listening();
  const second = await device.tab();
  await until(second, (state) => state.phase === "ready");
  await device.pass(30_000);
  assert.equal(device.backend.listeners.length, 1);
  device.killAllTabs();
  await device.tab();
  await device.pass(1_000);
  assert.equal(device.backend.listeners.length, 2);
});

test("a tab that is hidden lets go, and listens again from where it was when it is back", async () => {
  const { device } = await listening();
  device.backend.listeners[0]?.tell(changed(1));
  await device.pass(SOON_MS);
  device.visible = false;
  device.goOnline(true);
  await device.pass(SOON_MS);
  assert.equal(device.backend.listeners[0]?.gone, true);
  device.visible = true;
  device.goOnline(true);
  await device.pass(5_000);
  assert.equal(device.backend.listeners.length, 2);
  assert.equal(device.backend.listeners[1]?.last_heard, "1-0-1");
});

test("a stream that has gone silent is given up, and another asked for", async () => {
  const { device } = await listening();
  await device.pass(46_000);
  assert.equal(device.backend.listeners[0]?.gone, true);
  await device.pass(3_000);
  assert.equal(device.backend.listeners.length, 2);
});

test("after a reset everything is asked for anew", async () => {
  const { device, store } = await listening();
  colleagueMarks(device.backend, "absent");
  device.backend.listeners[0]?.tell('id: 1-0-9\nevent: reset\ndata: {"reason":"too-much"}\n\n');
  await device.pass(SOON_MS);
  assert.equal(statuses(store.state())[0], "absent");
});

test("a server that cannot tell is asked as often as ever", async () => {
  const device = new Device(new Backend());
  const store = await device.tab();
  await signIn(store);
  await device.pass(120_000);
  assert.equal(device.backend.requests.filter((request) => request === "GET /changes").length, 1);
  assert.ok(registersAsked(device.backend) >= 7);
});

test("a mark of mine that a colleague un-counts hours later is told until I have seen it", async () => {
  const { device, store } = await listening();
  await store.actions.mark(ACHIENG, "present");
  await device.pass(5_000);
  await device.pass(3 * 3_600_000);
  colleagueMarks(device.backend, "absent");
  await device.pass(60_000);
  const [told, ...others] = store.state().sync.uncounted;
  assert.deepEqual([told?.mine.status, told?.now.status, told?.now.by, told?.student_name], ["present", "absent", "amina", "Achieng Mary"]);
  assert.equal(others.length, 0);
  device.killAllTabs();
  const again = await device.tab();
  assert.equal(again.state().sync.uncounted.length, 1, "also after the app was closed");
  await again.actions.seenUncounted();
  assert.deepEqual(again.state().sync.uncounted, []);
});

test("a mark that lost is said again as a mark of now, with why", async () => {
  const { device, store } = await listening();
  await store.actions.mark(ACHIENG, "late", { minutes_late: 7 });
  await device.pass(5_000);
  const [mine] = device.backend.log;
  const session_id = store.state().register?.session_id ?? "";
  const at = mine?.command.occurred_at ?? "";
  colleagueMarks(device.backend, "absent");
  const side = (id: string, status: string, command_id: string) => ({ by: { id, name: id }, status, command_id, occurred_at: at, recorded_at: at });
  device.backend.conflicts = [{
    session_id, class_id: CLASS_ID, date: KEY.date, student_id: ACHIENG, kind: "superseded", state: "open",
    lost: side("kelvin", "late", "mine"), won: side("amina", "absent", "hers"),
  }];
  await device.pass(60_000);
  assert.deepEqual(store.state().sync.conflicts.map((line) => [line.contest, line.said_again]), [["counts", null]]);
  await store.actions.contest(session_id, ACHIENG, "  I saw her at the gate ");
  assert.equal(store.state().sync.conflicts[0]?.said_again, "here");
  await device.pass(2_000);
  const { command } = device.backend.log.at(-1) ?? assert.fail("nothing was sent");
  assert.deepEqual(
    command.type === "MarkAttendance" ? [command.status, command.minutes_late, command.remarks] : [],
    ["late", 7, "I saw her at the gate"],
  );
  assert.ok(command.occurred_at > at);
  assert.equal(store.state().sync.conflicts[0]?.said_again, "received");
});

test("a colleague who says the same takes nothing away, and neither does my own next mark", async () => {
  const { device, store } = await listening();
  await store.actions.mark(ACHIENG, "present");
  await device.pass(5_000);
  device.backend.listeners[0]?.tell(changed(colleagueMarks(device.backend, "present")));
  await device.pass(5_000);
  await store.actions.mark(ACHIENG, "absent");
  await device.pass(5_000);
  assert.deepEqual(store.state().sync.uncounted, []);
});

test("of a mark that a restored server has yet to get back nothing is told", async () => {
  const { device, store } = await listening();
  const { backend } = device;
  colleagueMarks(backend, "absent");
  await device.pass(60_000);
  await store.actions.mark(ACHIENG, "present");
  await device.pass(60_000);
  const mine = backend.log[1]?.command.command_id ?? assert.fail("nothing was sent");
  backend.undecided.add(mine);
  backend.restore(1);
  const before = registersAsked(backend);
  await device.pass(120_000);
  assert.ok(registersAsked(backend) > before, "the register was read as the colleague left it");
  assert.equal(store.state().sync.unsent, 1);
  assert.deepEqual(store.state().sync.uncounted, []);
  backend.undecided.delete(mine);
  await device.pass(600_000);
  assert.equal(backend.log[1]?.command.command_id, mine);
  assert.deepEqual([statuses(store.state())[0], store.state().sync.uncounted], ["present", []]);
});
