import assert from "node:assert/strict";
import { test } from "node:test";
import { openDB } from "idb";
import type { Store } from "../../src/model.ts";
import { atRegister, KEY, PIN, signIn, statuses } from "./at_register.ts";
import { Backend, PASSWORD, STUDENTS } from "./backend.ts";
import { Device, until } from "./device.ts";

const [ACHIENG = "", BARASA = ""] = STUDENTS;
const WRONG = "000000";

async function onSharedDevice(): Promise<{ device: Device; store: Store }> {
  const device = new Device(new Backend());
  return { device, store: await atRegister(device, true) };
}

/** With a mark on it that is not sent, locked; the network is back. */
async function lockedWithMark(): Promise<{ device: Device; store: Store }> {
  const { device, store } = await onSharedDevice();
  device.goOnline(false);
  await store.actions.mark(ACHIENG, "absent");
  await store.actions.lock(false);
  device.goOnline(true);
  return { device, store };
}

async function toRegister(device: Device, store: Store): Promise<void> {
  store.actions.go({ name: "register", key: KEY });
  await device.pass(2_000);
  await until(store, (state) => state.register !== null);
}

/** Every record of the database, as text; bytes by their numbers and by their letters. */
async function atRest(name: string): Promise<string> {
  const database = await openDB(name);
  const records = await Promise.all([...database.objectStoreNames].map(async (store) => [store, await database.getAllKeys(store), await database.getAll(store)]));
  database.close();
  const letters = (bytes: ArrayBuffer): string => new TextDecoder("latin1").decode(bytes);
  return JSON.stringify(records, (_, value: unknown) =>
    value instanceof ArrayBuffer ? letters(value) : ArrayBuffer.isView(value) ? letters(value.buffer.slice(0) as ArrayBuffer) : value);
}

test("nothing of a child can be read in what a shared device keeps", async () => {
  const { device, store } = await onSharedDevice();
  await store.actions.mark(ACHIENG, "late", { minutes_late: 7, remarks: "missed the bus" });
  await store.actions.mark(BARASA, "absent");
  await device.pass(5_000);
  device.backend.refused = new Set(["everything"]);
  device.goOnline(false);
  await store.actions.mark(ACHIENG, "excused", { remarks: "clinic" });
  const kept = await atRest("muster-kelvin");
  assert.match(kept, /queued/, "the scan sees the records");
  assert.match(kept, /acknowledged/);
  for (const secret of ["Achieng", "Barasa", "Chebet", "missed the bus", "clinic", "late", "absent", "excused", "present", "medical", "Form 2", "A-0", ACHIENG, PIN, PASSWORD]) {
    assert.ok(!kept.includes(secret), secret);
  }
});

test("a tap is saved in one transaction, and sent as it was", async () => {
  const { device, store } = await onSharedDevice();
  await store.actions.mark(ACHIENG, "late", { minutes_late: 7, remarks: "bus" });
  await device.pass(5_000);
  const [sent] = device.backend.log;
  assert.deepEqual(sent?.command.type === "MarkAttendance" ? [sent.command.status, sent.command.remarks] : null, ["late", "bus"]);
  assert.deepEqual(statuses(store.state()), ["late", "unmarked", "unmarked"]);
});

test("it is locked at a start, and the PIN opens it without a network, with all that is not sent", async () => {
  const { device, store } = await onSharedDevice();
  device.goOnline(false);
  await store.actions.mark(ACHIENG, "absent");
  device.killAllTabs();
  const again = await device.tab();
  assert.equal(again.state().phase, "locked");
  assert.equal(again.state().lock?.name, "kelvin");
  assert.deepEqual([again.state().cards, again.state().sync.unsent, again.state().person], [[], 0, null]);
  await again.actions.unlock(PIN);
  assert.equal(again.state().phase, "ready");
  await toRegister(device, again);
  assert.equal(statuses(again.state())[0], "absent");
  assert.equal(again.state().sync.unsent, 1);
});

test("locked, nothing is left in the state, nothing is sent, and another tab is locked too", async () => {
  const { device, store } = await onSharedDevice();
  const second = await device.tab();
  await second.actions.unlock(PIN);
  assert.equal(second.state().phase, "ready");
  await store.actions.mark(ACHIENG, "absent");
  await store.actions.lock(true);
  await device.settled();
  assert.equal(store.state().phase, "locked");
  await until(second, (state) => state.phase === "locked");
  assert.ok(!JSON.stringify(store.state()).includes("Achieng"));
  const before = device.backend.requests.length;
  await device.pass(10 * 60_000);
  assert.equal(device.backend.requests.length, before);
  await store.actions.unlock(PIN);
  await device.pass(2_000);
  assert.equal(device.backend.log.length, 1, "sent once it is open");
});

test("wrong PINs make the next wait longer, also after the app was closed", async () => {
  const { device, store } = await onSharedDevice();
  await store.actions.lock(false);
  for (let tries = 0; tries < 3; tries++) await store.actions.unlock(WRONG);
  assert.equal(store.state().lock?.wrong, true);
  const wait_until = store.state().lock?.wait_until;
  assert.ok(wait_until, "the third in a row");
  device.killAllTabs();
  const again = await device.tab();
  await again.actions.unlock(PIN);
  assert.equal(again.state().phase, "locked", "not even the right one is looked at");
  await device.pass(Date.parse(wait_until) - device.backend.now_ms);
  await again.actions.unlock(WRONG);
  const longer = Date.parse(again.state().lock?.wait_until ?? "") - device.backend.now_ms;
  assert.ok(longer > 5_000, `${longer}`);
  await device.pass(longer);
  await again.actions.unlock(PIN);
  assert.equal(again.state().phase, "ready");
});

test("a forgotten PIN costs a sign-in and no mark", async () => {
  const { device, store } = await lockedWithMark();
  await store.actions.signIn({ school_code: "STAREHE", username: "kelvin", password: PASSWORD, shared_device: true, pin: "314159" });
  assert.equal(store.state().phase, "ready");
  await device.pass(2_000);
  assert.equal(device.backend.log.length, 1);
  await store.actions.lock(false);
  await store.actions.unlock(PIN);
  assert.equal(store.state().phase, "locked", "the old PIN is no more");
  await store.actions.unlock("314159");
  assert.equal(store.state().phase, "ready");
});

test("a password changed elsewhere: the PIN that is typed opens all the same", async () => {
  const { device, store } = await lockedWithMark();
  device.backend.password = "changed by the office";
  await store.actions.signIn({ school_code: "STAREHE", username: "kelvin", password: "changed by the office", shared_device: true, pin: PIN });
  assert.deepEqual([store.state().phase, store.state().sync.closed], ["ready", 0]);
  await device.pass(2_000);
  assert.equal(device.backend.log.length, 1);
});

test("PIN forgotten and password changed: work goes on, and what was sealed waits for either of them, unsent and kept", async () => {
  const { device, store } = await onSharedDevice();
  device.goOnline(false);
  await store.actions.mark(ACHIENG, "absent");
  await store.actions.signOut("keep");
  device.goOnline(true);
  device.backend.password = "changed by the office";
  await store.actions.signIn({ school_code: "STAREHE", username: "kelvin", password: "changed by the office", shared_device: true, pin: "314159" });
  await device.pass(2_000);
  assert.deepEqual([store.state().phase, store.state().sync.closed, device.backend.log.length], ["ready", 1, 0]);
  await toRegister(device, store);
  await store.actions.mark(BARASA, "present");
  await device.pass(2_000);
  assert.equal(device.backend.log.length, 1, "new work is sent");
  assert.equal(device.backend.envelopes.at(-1)?.device?.unsent, 2, "the sealed mark, and the one that was in the batch");
  await store.actions.openSealed("not that one");
  assert.equal(store.state().sync.closed, 1);
  await store.actions.openSealed(PASSWORD);
  assert.equal(store.state().sync.closed, 0);
  await device.pass(2_000);
  assert.deepEqual(device.backend.log.map(({ command }) => ("student_id" in command ? command.student_id : "")), [BARASA, ACHIENG]);
  await store.actions.lock(false);
  await store.actions.unlock("314159");
  assert.equal(store.state().phase, "ready");
  await device.settled();
  assert.equal(store.state().sync.closed, 0);
});

test("signing out of a shared device leaves no roster and no register, and every mark that is not sent", async () => {
  const { device, store } = await onSharedDevice();
  device.goOnline(false);
  await store.actions.mark(ACHIENG, "absent");
  await store.actions.lock(false);
  await store.actions.signOut("keep");
  assert.equal(store.state().phase, "signed_out");
  const database = await openDB("muster-kelvin");
  assert.deepEqual([await database.count("outbox"), await database.count("registers"), await database.count("reference")], [1, 0, 0]);
  database.close();
});

test("one teacher after the other: neither sees the other's, and each finds their own", async () => {
  const { device, store } = await onSharedDevice();
  device.goOnline(false);
  await store.actions.mark(ACHIENG, "absent");
  await store.actions.signOut("keep");
  device.goOnline(true);
  await store.actions.signIn({ school_code: "STAREHE", username: "amina", password: PASSWORD, shared_device: true, pin: "161803" });
  await device.pass(2_000);
  assert.deepEqual([store.state().person?.id, store.state().sync.unsent, device.backend.log.length], ["amina", 0, 0]);
  await store.actions.signOut("keep");
  await signIn(store, "kelvin", true);
  await device.pass(2_000);
  assert.deepEqual(device.backend.log.map(({ by }) => by), ["kelvin"]);
});

test("what an unshared device kept openly is sealed when its person says that others use it", async () => {
  const device = new Device(new Backend());
  const store = await device.tab();
  await signIn(store);
  await device.pass(1_000);
  await toRegister(device, store);
  device.goOnline(false);
  await store.actions.mark(ACHIENG, "absent", { remarks: "clinic" });
  assert.match(await atRest("muster-kelvin"), /clinic/, "a device of one's own is not sealed");
  device.goOnline(true);
  device.backend.fault = (path) => (path === "/commands" ? "busy" : "none");
  await signIn(store, "kelvin", true);
  await device.pass(1_000);
  assert.equal(store.state().sync.unsent, 1);
  assert.doesNotMatch(await atRest("muster-kelvin"), /clinic|absent|Achieng/);
});

test("who forgets the tick seals all the same what is sealed", async () => {
  const { device, store } = await onSharedDevice();
  await store.actions.signOut("keep");
  await signIn(store);
  assert.equal(store.state().sealed, true);
  device.killAllTabs();
  assert.equal((await device.tab()).state().phase, "locked");
});

test("when the browser removes what a sealed device kept, what was not sent stays, sealed under the same PIN", async () => {
  const { device, store } = await onSharedDevice();
  device.goOnline(false);
  await store.actions.mark(ACHIENG, "absent");
  device.removeDatabases();
  await device.settled();
  await store.actions.mark(BARASA, "late");
  assert.doesNotMatch(await atRest("muster-kelvin"), /absent|late/);
  await store.actions.lock(false);
  await store.actions.unlock(PIN);
  assert.equal(store.state().sync.unsent, 2);
  device.goOnline(true);
  await device.pass(5_000);
  assert.deepEqual(device.backend.log.map(({ command }) => command.type === "MarkAttendance" && command.status), ["absent", "late"]);
});
