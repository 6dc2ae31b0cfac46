import assert from "node:assert/strict";
import { test } from "node:test";
import type { Store } from "../../src/model.ts";
import { atRegister } from "./at_register.ts";
import { Backend, STUDENTS } from "./backend.ts";
import { Device } from "./device.ts";

const TAPS = 12;

/** Taps without a network, on all students in turn. */
async function tapOffline(device: Device, store: Store): Promise<void> {
  device.goOnline(false);
  for (let tap = 0; tap < TAPS; tap++) {
    await store.actions.mark(STUDENTS[tap % STUDENTS.length] ?? "", tap % 2 === 0 ? "late" : "absent");
    await device.pass(1_500);
  }
}

/** How often commands were sent while all that waits goes out. */
async function sendAll(device: Device, store: Store): Promise<number> {
  device.backend.requests.length = 0;
  device.goOnline(true);
  await store.actions.sendNow();
  await device.pass(5_000);
  assert.equal(store.state().sync.unsent, 0);
  return device.backend.requests.filter((request) => request === "POST /commands").length;
}

test("marks go in the dense form and arrive as they were made", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  await tapOffline(device, store);
  const kept = JSON.parse(await store.actions.exportUnsent()) as { commands: { command: unknown }[] };
  assert.equal(await sendAll(device, store), 1);
  assert.equal(device.backend.dense_groups, 1);
  const arrived = device.backend.log.map(({ command }) => command);
  assert.equal(arrived.length, TAPS);
  assert.deepEqual(arrived.map((command) => command.command_id), kept.commands.map(({ command }) => (command as { command_id: string }).command_id));
  assert.deepEqual(arrived.map((command) => command.device_seq), Array.from({ length: TAPS }, (_, tap) => tap + 1));
  assert.deepEqual(arrived.map((command) => command.occurred_at), [...arrived.map((command) => command.occurred_at)].sort());
});

for (const dense of ["left_out", 400, 422, 500] as const) {
  test(`a server that does not understand the dense form gets the same commands written out, at once and from then on (${dense})`, async () => {
    const device = new Device(new Backend());
    const store = await atRegister(device);
    device.backend.dense = dense;
    await tapOffline(device, store);
    assert.equal(await sendAll(device, store), 2);
    assert.equal(device.backend.log.length, TAPS);
    await tapOffline(device, store);
    assert.equal(await sendAll(device, store), 1);
    assert.equal(device.backend.dense_groups, 1, "it is tried once");
    assert.equal(new Set(device.backend.log.map(({ command }) => command.command_id)).size, 2 * TAPS);
  });
}

test("a server that is busy, or asks for smaller batches, says nothing against the dense form", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  await tapOffline(device, store);
  let refusals = 0;
  device.online = true;
  device.backend.fault = (path) => (path === "/commands" && refusals < 2 ? (["busy", "too_large"] as const)[refusals++] ?? "none" : "none");
  await device.pass(60_000);
  assert.equal(device.backend.log.length, TAPS);
  assert.equal(device.backend.dense_groups, 2, "in two halves");
});
