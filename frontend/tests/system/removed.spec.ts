/** The browser removes what the app keeps, under the open app or while nobody looks. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Gateway } from "./gateway.ts";
import { morning } from "./morning.ts";
import type { Phone } from "./phone.ts";
import { school } from "./school.ts";
import { eachTapOnce } from "./taps.ts";

/** As clearing the site's data does, and a device that makes room. The cookie and the small memory beside the database stay. */
async function removeDatabases(phone: Phone, origin: string): Promise<void> {
  const browser = await phone.context.newCDPSession(phone.page);
  await browser.send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb" });
}

test("removed under the open app: the teacher is told, works on, and nothing is lost", async () => {
  const { muster, office, teacher, phone, students: [a, b, c] } = await morning();
  await phone.mark(a, "absent");
  await phone.signSays(a, "Received");
  await phone.goOffline();
  await phone.mark(b, "late");
  await removeDatabases(phone, muster.origin);
  await phone.page.getByRole("alert").filter({ hasText: "The browser has removed what this device kept. What was not sent is kept again" }).waitFor();
  await phone.tallySays("1 not sent");
  assert.deepEqual((await phone.outbox(teacher.id)).map((row) => row.state), ["acknowledged", "queued"]);
  await phone.goOnline();
  await phone.tallySays("All received");
  await phone.openRegister(teacher.register);
  await phone.registerShows(teacher);
  await phone.shows({ [a]: "absent", [b]: "late" });
  await phone.mark(c, "excused");
  await eachTapOnce(office, phone, teacher.id, teacher.register, 3);
  await phone.putAway();
});

test("removed while the app was closed: who signs in again is told that marks may be lost, and what the server has comes back", async () => {
  const gateway = await Gateway.open((await school()).muster.origin);
  const { teacher, phone, students: [a, b] } = await morning({ origin: gateway.origin });
  await phone.mark(a, "absent");
  await phone.signSays(a, "Received");
  gateway.goDown(true);
  await phone.goOffline();
  await phone.mark(b, "late");
  await phone.page.goto("about:blank");
  await removeDatabases(phone, gateway.origin);
  gateway.goDown(false);
  await phone.goOnline();
  await phone.signIn(teacher);
  await phone.page.getByRole("alert").filter({ hasText: "marks that were not sent may be lost" }).waitFor();
  await phone.tapCard(teacher);
  await phone.shows({ [a]: "absent", [b]: null });
  await phone.putAway();
});
