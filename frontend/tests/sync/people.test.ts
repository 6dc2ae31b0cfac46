import assert from "node:assert/strict";
import { test } from "node:test";
import { openDB } from "idb";
import { createStore } from "../../src/store.ts";
import { atRegister, signIn } from "./at_register.ts";
import { Backend, STUDENTS, type Fault } from "./backend.ts";
import { Device, until } from "./device.ts";
import { whileFailing } from "./failing.ts";

const [ACHIENG = ""] = STUDENTS;

for (const fault of ["busy", "too_many", "broken"] satisfies Fault[]) {
  test(`a sign-out that met "${fault}" is told again when the network changes`, async () => {
    const device = new Device(new Backend());
    const store = await atRegister(device);
    device.backend.fault = (path) => (path === "/auth/logout" ? fault : "none");
    await store.actions.signOut("keep");
    await device.settled();
    assert.equal(device.backend.cookie, "kelvin");
    device.goOnline(true);
    await device.settled();
    assert.equal(device.backend.cookie, null);
    device.backend.requests.length = 0;
    device.goOnline(true);
    await device.settled();
    assert.deepEqual(device.backend.requests, [], "told once is enough");
  });
}

test("a late word of a sign-out never ends the next sign-in", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  device.backend.fault = () => "no_network";
  await store.actions.signOut("keep");
  await device.settled();
  device.goOnline(true);
  await signIn(store, "amina");
  device.goOnline(true);
  await device.pass(1_000);
  assert.equal(device.backend.cookie, "amina");
});

test("a sign-out that cannot wipe the device still signs out", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  await whileFailing(IDBFactory.prototype, "deleteDatabase", "UnknownError", () => assert.rejects(store.actions.signOut("discard")));
  assert.equal(store.state().phase, "signed_out");
  assert.equal(store.state().person, null);
});

test("a sign-out that could not be written changes nothing: marks are still sent", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  await whileFailing(IDBObjectStore.prototype, "delete", "UnknownError", () => assert.rejects(store.actions.signOut("keep")));
  assert.equal(store.state().phase, "ready");
  await store.actions.mark(ACHIENG, "present");
  await device.pass(2_000);
  assert.equal(device.backend.log.length, 1);
});

test("a browser that does not say how full it is, nor promises to keep, is no reason to stop", async () => {
  const device = new Device(new Backend());
  const refuse = (): Promise<never> => Promise.reject(new TypeError("not here"));
  device.storage = refuse;
  device.persist = refuse;
  const store = await device.tab();
  await signIn(store);
  await device.settled();
  assert.equal(store.state().phase, "ready");
  device.killAllTabs();
  const again = await device.tab();
  await device.settled();
  assert.equal(again.state().phase, "ready");
});

test("who signs in while the work of the last person is still being opened gets their own", async () => {
  const device = new Device(new Backend());
  await atRegister(device);
  device.killAllTabs();
  const database = await openDB("muster-kelvin");
  const { store: ledger } = database.transaction("ledger", "readwrite");
  let is_held = true;
  const held = (async () => {
    while (is_held) await ledger.get("ledger");
  })();
  const store = createStore(device.world());
  await device.settled();
  const signed_in = signIn(store, "amina");
  await device.settled();
  is_held = false;
  await held;
  database.close();
  await signed_in;
  await until(store, (state) => state.person?.id === "amina");
  await device.settled();
  assert.equal(store.state().person?.id, "amina");
});
