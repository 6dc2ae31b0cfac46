/** A new version of the app is found while a network that wants a sign-in answers everything with its own page. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Gateway } from "./gateway.ts";
import { morning } from "./morning.ts";
import { school } from "./school.ts";
import { eachTapOnce } from "./taps.ts";

test("the page of a network that wants a sign-in never becomes the app, and what was not sent is sent after it", async () => {
  const gateway = await Gateway.open((await school()).muster.origin);
  const { office, teacher, phone, students: [a] } = await morning({ origin: gateway.origin });
  gateway.append("/service-worker.js", "\n// another version\n");
  gateway.portalBut("/service-worker.js");
  phone.expectFailedRequests();
  await phone.mark(a, "absent");
  await phone.signSays(a, "On this device");
  const became = await phone.page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
    const found = registration.installing;
    if (found === null) return "no new version was found";
    await new Promise<void>((resolve) => found.addEventListener("statechange", () => resolve(), { once: true }));
    return found.state;
  });
  assert.equal(became, "redundant", "the new version was not installed");
  await phone.page.reload();
  await phone.registerShows(teacher);
  gateway.portalBut(null);
  await phone.page.reload();
  await phone.signSays(a, "Received");
  await eachTapOnce(office, phone, teacher.id, teacher.register, 1);
  await phone.putAway();
});
