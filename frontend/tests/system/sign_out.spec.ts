/** Signing out with work that the server does not have: send it, keep it here, or throw it away. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { morning } from "./morning.ts";
import { eachTapOnce } from "./taps.ts";

test("what is not sent is sent first, or kept until the same person is back, or thrown away, as they say", async () => {
  const { office, teacher, phone, students: [a, b, c] } = await morning();
  const { page } = phone;
  const question = page.getByRole("dialog", { name: "1 mark is only on this device" });
  const signedOut = (): Promise<void> => page.getByLabel("School code").waitFor();
  const isOnDevice = (): Promise<boolean> =>
    page.evaluate(async (name) => (await indexedDB.databases()).some((one) => one.name === name), `muster-${teacher.id}`);

  // Sent: nothing can be, and nobody is signed out.
  phone.expectFailedRequests();
  let answer: () => void = () => undefined;
  let chosen: Promise<void> | null = null;
  await phone.context.route("**/api/v1/commands", async (route) => {
    if (chosen === null) return route.abort();
    await chosen;
    return route.continue();
  });
  await phone.mark(a, "absent");
  await phone.pressSignOut();
  await question.getByRole("button", { name: "Send them, then sign out" }).click();
  await page.getByText("1 mark could not be sent, so you are still signed in.").waitFor();
  // Sent: the server answers as slowly as it takes to choose, and then they are.
  chosen = new Promise<void>((resolve) => (answer = resolve));
  await phone.pressSignOut();
  await question.getByRole("button", { name: "Send them, then sign out" }).click();
  answer();
  await signedOut();
  await phone.context.unroute("**/api/v1/commands");
  assert.equal((await office.markOf(teacher.register, a))?.status, "absent");

  // Kept: it is there when they come back, and goes out then.
  await phone.signIn(teacher);
  await phone.tapCard(teacher);
  await phone.worksOffline();
  await phone.goOffline();
  await phone.mark(b, "late");
  await phone.pressSignOut();
  await question.getByRole("button", { name: "Keep them here until I sign in again" }).click();
  await signedOut();
  assert.deepEqual((await phone.outbox(teacher.id)).map((row) => row.state), ["acknowledged", "queued"]);
  await phone.goOnline();
  await phone.signIn(teacher);
  await phone.tapCard(teacher);
  await phone.tallySays("All received");
  await phone.shows({ [a]: "absent", [b]: "late" });
  await eachTapOnce(office, phone, teacher.id, teacher.register, 2);

  // Thrown away: only after the number was typed, and then all of it.
  await phone.goOffline();
  await phone.mark(c, "excused");
  await phone.pressSignOut();
  await question.getByLabel(/To throw them away for good/).fill("2");
  await question.getByRole("button", { name: "Throw them away" }).click();
  assert.equal(await isOnDevice(), true);
  await question.getByLabel(/To throw them away for good/).fill("1");
  await question.getByRole("button", { name: "Throw them away" }).click();
  await signedOut();
  assert.equal(await isOnDevice(), false);
  await phone.goOnline();
  await phone.signIn(teacher);
  await phone.tapCard(teacher);
  await phone.shows({ [a]: "absent", [b]: "late", [c]: null });
  await phone.tallySays("All received");
  assert.equal((await office.events((await office.register(teacher.register)).id)).length, 2);
  await phone.putAway();
});
