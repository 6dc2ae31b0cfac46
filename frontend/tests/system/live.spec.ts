/** What colleagues do shows by itself, also what takes one of my marks out of the count. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { firstFour } from "./morning.ts";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";
import { eachTapOnce } from "./taps.ts";

/** Sooner than whoever only asks now and then would see it each time. */
const LIVE_MS = 10_000;

test("a colleague's marks appear one after the other without a reload", async () => {
  const { office, takeColleagues } = await school();
  const [mine, other] = await takeColleagues();
  const students = firstFour(mine);
  const [my_phone, other_phone] = [await Phone.open(await school()), await Phone.open(await school())];
  await my_phone.beginMorning(mine);
  await other_phone.beginMorning(other);
  await my_phone.page.evaluate(() => void (document.documentElement.dataset["loaded"] = "once"));
  for (const student of students.slice(0, 3)) {
    await other_phone.mark(student, "late");
    await my_phone.choice(student, "late").and(my_phone.page.locator(":checked")).waitFor({ timeout: LIVE_MS });
  }
  assert.equal(await my_phone.page.evaluate(() => document.documentElement.dataset["loaded"]), "once");
  await eachTapOnce(office, other_phone, other.id, mine.register, 3);
  await my_phone.putAway();
  await other_phone.putAway();
});

test("a mark of mine that a close made earlier takes out of the count when it arrives is shown to me until I have seen it", async () => {
  const { office, takeColleagues } = await school();
  const [mine, other] = await takeColleagues();
  const [a, b] = firstFour(mine);
  const name = mine.students[1]?.name ?? "";
  const [my_phone, other_phone] = [await Phone.open(await school()), await Phone.open(await school())];
  await my_phone.beginMorning(mine);
  await other_phone.beginMorning(other);
  await other_phone.goOffline();
  await other_phone.mark(a, "present");
  await other_phone.page.getByRole("button", { name: "Close", exact: true }).click();
  await other_phone.page.getByRole("button", { name: "Close as it is" }).click();
  await other_phone.page.getByText(/You can reopen it until/).waitFor();
  await my_phone.mark(b, "absent");
  await my_phone.signSays(b, "Received");
  await eventually(async () => assert.equal((await office.markOf(mine.register, b))?.status, "absent"));

  await other_phone.goOnline();
  await other_phone.tallySays("All received");
  await my_phone.page.getByText("1 mark of yours does not count any more.").waitFor();
  await my_phone.shows({ [a]: "present", [b]: null });
  await my_phone.page.getByRole("link", { name: "Look" }).click();
  const list = my_phone.page.getByRole("region", { name: "Marks of yours that do not count any more" });
  await list.getByRole("link", { name }).getByText("Now nothing counts: the register was closed before your mark.").waitFor();
  await list.getByRole("button", { name: "I have seen this" }).click();
  await list.waitFor({ state: "detached" });
  await my_phone.page.reload();
  await my_phone.tallySays("All received");
  assert.equal(await my_phone.page.getByText("does not count any more").count(), 0);
  await eachTapOnce(office, my_phone, mine.id, mine.register, 1);
  await my_phone.putAway();
  await other_phone.putAway();
});
