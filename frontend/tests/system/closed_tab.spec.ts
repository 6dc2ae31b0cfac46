/** The tab is closed before the network is back: the browser wakens the service worker, and what was marked is sent all the same. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { morning } from "./morning.ts";
import { eachTapOnce } from "./taps.ts";

test("what was marked offline is sent when the network is back, though the tab was closed", async () => {
  const { office, teacher, phone, students: [a, b] } = await morning();
  await phone.goOffline();
  await phone.mark(a, "absent");
  await phone.mark(b, "late");
  await phone.tallySays("2 not sent");
  await phone.page.close();
  await phone.goOnline();
  await eventually(async () => assert.deepEqual([(await office.markOf(teacher.register, a))?.status, (await office.markOf(teacher.register, b))?.status], ["absent", "late"]));
  await phone.openAgain();
  await phone.openRegister(teacher.register);
  await phone.registerShows(teacher);
  await phone.tallySays("All received");
  await phone.shows({ [a]: "absent", [b]: "late" });
  await eachTapOnce(office, phone, teacher.id, teacher.register, 2);
  await phone.putAway();
});
