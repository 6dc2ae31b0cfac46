import assert from "node:assert/strict";
import { test } from "node:test";
import { atRegister, KEY } from "./at_register.ts";
import { Backend, STUDENTS } from "./backend.ts";
import { Device, until } from "./device.ts";

test("without a network two tabs ask hardly more often than one", async () => {
  const device = new Device(new Backend());
  await atRegister(device);
  device.goOnline(false);
  device.killAllTabs();
  const one = await device.tab();
  await device.tab();
  one.actions.go({ name: "register", key: KEY });
  await until(one, (state) => state.register !== null);
  // In this life the server's clock is not known yet, so the mark has no stamp.
  await one.actions.mark(STUDENTS[0] ?? "", "present");
  device.backend.requests.length = 0;
  await device.pass(600_000);
  assert.ok(device.backend.requests.length < 60, `${device.backend.requests.length} requests`);
  device.goOnline(true);
  await device.pass(2_000);
  assert.equal(device.backend.log.length, 1);
});

test("tabs whose token ran out get one new token for all of them", async () => {
  const device = new Device(new Backend());
  const one = await atRegister(device);
  const two = await device.tab();
  await two.actions.sendNow();
  const refreshes = (): number => device.backend.requests.filter((path) => path === "POST /auth/refresh").length;
  for (const both of [
    async () => [await one.actions.sendNow(), await two.actions.sendNow()],
    () => Promise.all([one.actions.sendNow(), two.actions.sendNow()]),
  ]) {
    device.backend.expireTokens();
    device.backend.requests.length = 0;
    await both();
    await device.settled();
    assert.equal(refreshes(), 1);
  }
  // Each of them can go on with it alone.
  device.backend.requests.length = 0;
  await two.actions.sendNow();
  assert.ok(device.backend.requests.length > 0);
  assert.equal(refreshes(), 0);
});
