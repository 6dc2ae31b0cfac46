import assert from "node:assert/strict";
import { test } from "node:test";
import type { RegisterKey } from "../../src/model.ts";
import { atRegister, KEY, statuses } from "./at_register.ts";
import { Backend, STUDENTS } from "./backend.ts";
import { Device, until } from "./device.ts";
import { whileFailing } from "./failing.ts";

const [ACHIENG = "", BARASA = ""] = STUDENTS;
const YESTERDAY: RegisterKey = { ...KEY, date: "2026-11-23" };

/** What a colleague did before. */
function taken(backend: Backend, session: RegisterKey, occurred_at: string): void {
  const by = { by: "amina", device_id: "d" };
  const at = { session, occurred_at };
  const position = backend.log.length + 1;
  backend.log.push(
    { ...by, command: { type: "MarkAttendance", command_id: `m${position}`, ...at, student_id: ACHIENG, status: "absent" }, position },
    { ...by, command: { type: "CloseSession", command_id: `n${position}`, ...at }, position: position + 1 },
  );
}

/** The next command finds no room, until room is made. */
function whenFull(tap: () => Promise<void>): Promise<void> {
  return whileFailing(IDBObjectStore.prototype, "add", "QuotaExceededError", tap, 1);
}

test("a day that was thrown away to make room is not taken for one without registers, and is read again", async () => {
  const device = new Device(new Backend());
  taken(device.backend, YESTERDAY, "2026-11-23T06:00:00.000Z");
  const store = await atRegister(device);
  store.actions.go({ name: "today", date: YESTERDAY.date });
  await until(store, (state) => state.cards[0]?.state === "closed");
  store.actions.go({ name: "register", key: KEY });
  await device.pass(1_000);
  device.goOnline(false);
  await whenFull(() => store.actions.mark(BARASA, "present"));
  store.actions.go({ name: "register", key: YESTERDAY });
  await device.pass(1_000);
  assert.equal(store.state().register?.fetched_at, null, "it does not pass for read");
  store.actions.go({ name: "today", date: YESTERDAY.date });
  await device.pass(1_000);
  assert.deepEqual(store.state().cards.map((card) => card.state), ["not_taken"], "not missing: the device does not know");
  device.goOnline(true);
  await device.pass(1_000);
  assert.deepEqual(store.state().cards.map((card) => card.state), ["closed"]);
});

test("the day on the screen is read again when it was thrown away meanwhile", async () => {
  const device = new Device(new Backend());
  taken(device.backend, YESTERDAY, "2026-11-23T06:00:00.000Z");
  const store = await atRegister(device);
  store.actions.go({ name: "register", key: YESTERDAY });
  await until(store, (state) => statuses(state)[0] === "absent");
  await device.pass(1_000);
  // Were they decided, the register would have changed, and be read for that.
  device.backend.undecided.has = () => true;
  await whenFull(() => store.actions.mark(BARASA, "present"));
  await device.pass(20_000);
  await whenFull(() => store.actions.mark(BARASA, "late"));
  await device.pass(20_000);
  assert.equal(statuses(store.state())[0], "absent");
});

test("in the evening west of Greenwich the registers of today are kept", async () => {
  const device = new Device(new Backend());
  device.backend.time_zone = "America/Los_Angeles";
  device.backend.now_ms = Date.parse("2026-11-25T02:00:00Z");
  taken(device.backend, KEY, "2026-11-24T17:00:00.000Z");
  const store = await atRegister(device);
  assert.equal(store.state().today, KEY.date);
  device.goOnline(false);
  await whenFull(() => store.actions.mark(BARASA, "present"));
  store.actions.go({ name: "today", date: null });
  await device.pass(1_000);
  store.actions.go({ name: "register", key: KEY });
  await device.pass(1_000);
  assert.equal(statuses(store.state())[0], "absent");
  assert.equal(store.state().register?.status, "closed");
});
