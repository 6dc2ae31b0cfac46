import assert from "node:assert/strict";
import { test } from "node:test";
import { sendAlone } from "../../src/sync/send_alone.ts";
import { atRegister } from "./at_register.ts";
import { Backend, STUDENTS } from "./backend.ts";
import { Device } from "./device.ts";

const [ACHIENG = "", BARASA = ""] = STUDENTS;

/** A device on which two marks were made without a network, and every tab closed since. */
async function leftWithMarks(): Promise<Device> {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  device.goOnline(false);
  await store.actions.mark(ACHIENG, "absent");
  await store.actions.mark(BARASA, "late");
  await device.settled();
  device.killAllTabs();
  return device;
}

function accepted({ backend }: Device): readonly string[] {
  return backend.log.map(({ command }) => (command.type === "MarkAttendance" ? command.status : command.type));
}

test("without a tab everything is sent, once", async () => {
  const device = await leftWithMarks();
  device.goOnline(true);
  assert.equal(await sendAlone(device.world()), true);
  assert.equal(await sendAlone(device.world()), true);
  assert.deepEqual(accepted(device), ["absent", "late"]);
});

test("without a network, or while a tab sends, something is left to do", async () => {
  const device = await leftWithMarks();
  assert.equal(await sendAlone(device.world()), false);
  device.goOnline(true);
  const world = device.world();
  assert.equal(await sendAlone({ ...world, ifFree: () => Promise.resolve(null) }), false);
  assert.deepEqual(accepted(device), []);
});

test("a sign-in that has run out sends nothing and loses nothing", async () => {
  const device = await leftWithMarks();
  device.backend.cookie = null;
  device.goOnline(true);
  assert.equal(await sendAlone(device.world()), false);
  assert.deepEqual(accepted(device), []);
});

test("after a sign-out nothing is sent in anybody's name", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  device.goOnline(false);
  await store.actions.mark(ACHIENG, "absent");
  await store.actions.signOut("keep");
  device.killAllTabs();
  device.goOnline(true);
  assert.equal(await sendAlone(device.world()), true);
  assert.deepEqual(accepted(device), []);
});

test("what is sealed under a PIN stays sealed and unsent", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device, true);
  device.goOnline(false);
  await store.actions.mark(ACHIENG, "absent");
  device.killAllTabs();
  device.goOnline(true);
  assert.equal(await sendAlone(device.world()), true);
  assert.deepEqual(accepted(device), []);
});
