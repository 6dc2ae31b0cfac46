/** One tablet, two teachers after each other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";
import { eachTapOnce } from "./taps.ts";

test("the first teacher's unsent work is kept unseen while the second works, and sent when the first returns", async () => {
  const { office, takeTeacher } = await school();
  const [one, two] = [await takeTeacher(), await takeTeacher()];
  const a = one.students[0]?.id;
  const b = two.students[0]?.id;
  assert.ok(a && b);
  const tablet = await Phone.open(await school());
  await tablet.signIn(one, { shared: true });
  await tablet.tapCard(one);
  await tablet.worksOffline();
  await tablet.goOffline();
  await tablet.mark(a, "absent");
  await tablet.pressSignOut();
  await tablet.page.getByRole("dialog", { name: "1 mark is only on this device" }).waitFor();
  await tablet.page.getByRole("button", { name: "Keep them here until I sign in again" }).click();
  await tablet.page.getByLabel("School code").waitFor();
  await tablet.goOnline();

  await tablet.signIn(two, { shared: true });
  await tablet.tapCard(two);
  await tablet.tallySays("All received");
  await tablet.mark(b, "late");
  await tablet.signSays(b, "Received");
  for (const place of ["today", "sync", "history", "settings"]) {
    await tablet.visit(`#/${place}`);
    await tablet.page.locator(`.page-nav [href="#/${place}"][aria-current=page]`).waitFor();
    await tablet.page.locator("main [aria-busy]").waitFor({ state: "detached" });
    const text = await tablet.page.locator("main").innerText();
    for (const secret of [one.name, one.class_title, one.students[0]?.name ?? ""]) assert.ok(!text.includes(secret), `${secret} on ${place}`);
  }
  await eachTapOnce(office, tablet, two.id, two.register, 1);
  await assert.rejects(office.register(one.register), "nothing of the first was sent in the second's name");
  await tablet.pressSignOut();
  await tablet.page.getByLabel("School code").waitFor();

  await tablet.signIn(one, { shared: true });
  await tablet.tallySays("All received");
  await tablet.tapCard(one);
  await tablet.shows({ [a]: "absent" });
  await eachTapOnce(office, tablet, one.id, one.register, 1);
  await tablet.putAway();
});
