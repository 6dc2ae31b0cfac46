/** The office's part of the app: not on a teacher's phone, and on the office's device from the first visit on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";

test("a teacher's phone keeps no part of the office, and the office's device opens its screens without a network", async () => {
  const all = await school();
  const kept = (phone: Phone): Promise<readonly string[]> =>
    phone.page.evaluate(async () => {
      const names = (await caches.keys()).filter((name) => name.startsWith("muster-shell-"));
      const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return requests.flat().map(({ url }) => new URL(url).pathname);
    });

  const phone = await Phone.open(all);
  await phone.signIn(all.logins.teacher);
  await phone.worksOffline();
  const of_teachers = await kept(phone);
  assert.ok(of_teachers.length > 5, "the app itself is kept");

  const desk = await Phone.open(all);
  await desk.signIn(all.logins.admin);
  await desk.visit("#/office/arrivals");
  const who = desk.page.getByRole("searchbox", { name: "Who has come?" });
  await who.waitFor();
  await desk.worksOffline();
  await eventually(async () => assert.ok((await kept(desk)).length > of_teachers.length + 2, "the office's part and its words"));
  assert.deepEqual(of_teachers.filter((path) => /\/office-/.test(path)), []);
  await desk.goOffline();
  await desk.page.reload();
  await who.waitFor();
  await phone.putAway();
  await desk.putAway();
});
