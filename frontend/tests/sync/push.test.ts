import assert from "node:assert/strict";
import { test } from "node:test";
import { atRegister, KEY } from "./at_register.ts";
import { Backend, STUDENTS } from "./backend.ts";
import { Device } from "./device.ts";

const [ACHIENG = ""] = STUDENTS;

test("one command that the server cannot read costs a few requests, not one for each of the others", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  device.goOnline(false);
  for (let count = 0; count < 60; count++) await store.actions.mark(ACHIENG, count % 2 === 0 ? "present" : "absent");
  const { commands } = JSON.parse(await store.actions.exportUnsent()) as { commands: { command: { command_id: string } }[] };
  device.backend.unreadable.add(commands[3]?.command.command_id ?? "");
  device.backend.requests.length = 0;
  device.goOnline(true);
  await store.actions.sendNow();
  const posts = device.backend.requests.filter((request) => request.startsWith("POST /commands"));
  assert.equal(device.backend.log.length, 59);
  assert.ok(posts.length <= 12, `${posts.length} requests`);
  assert.equal(store.state().sync.unsent, 1);
});

test("a day of long ago is asked for as it is after what this device sent", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  await store.actions.mark(ACHIENG, "present");
  await device.pass(2_000);
  store.actions.go({ name: "register", key: { ...KEY, date: "2026-10-01" } });
  await device.pass(2_000);
  assert.equal(device.backend.asked_after.get("/sessions?date=2026-10-01&include=marks&limit=200"), "1-0-1");
});

test("a clock that is set at any moment of a sending shifts nothing", async () => {
  for (let looks = 0; looks < 25; looks++) {
    const device = new Device(new Backend());
    const store = await atRegister(device);
    device.goOnline(false);
    await store.actions.mark(ACHIENG, "absent");
    let left = looks;
    Object.defineProperty(device, "wrong_by_ms", { get: () => (left-- > 0 ? 0 : 20 * 3_600_000) });
    device.goOnline(true);
    await device.pass(60_000);
    const now_ms = device.backend.now_ms;
    const [accepted] = device.backend.log;
    const sent_at = device.backend.envelopes.find(({ commands }) => commands.length > 0)?.sent_at ?? "";
    for (const time of [accepted?.command.occurred_at ?? "", sent_at]) {
      assert.ok(Math.abs(Date.parse(time) - now_ms) < 120_000, `${time} when the clock is set after ${looks} looks at it`);
    }
  }
});
