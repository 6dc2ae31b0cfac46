/** A lesson that did not happen, and one that did after all. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { morning } from "./morning.ts";
import type { Phone } from "./phone.ts";
import { eachTapOnce } from "./taps.ts";

const VOIDED = "This lesson did not happen. Its marks are kept but count nowhere.";

async function sayDidNotHappen(phone: Phone, why: string): Promise<void> {
  await phone.page.getByLabel("More", { exact: true }).click();
  await phone.page.getByRole("button", { name: "This lesson did not happen" }).click();
  const question = phone.page.getByRole("dialog", { name: "The lesson did not happen" });
  await question.getByLabel("Reason").fill(why);
  await question.getByRole("button", { name: "It did not happen" }).click();
  await phone.page.getByText(VOIDED).waitFor();
}

async function sayItDid(phone: Phone, why: string): Promise<void> {
  await phone.page.getByRole("button", { name: "It did happen" }).click();
  const question = phone.page.getByRole("dialog", { name: "The lesson did happen" });
  await question.getByLabel("Reason").fill(why);
  await question.getByRole("button", { name: "Let it count" }).click();
  await phone.page.getByText(VOIDED).waitFor({ state: "detached" });
}

test("a lesson that did not happen counts for nobody until it is said that it did, also where that was said without a network", async () => {
  const { office, teacher, phone, students: [a, b] } = await morning();
  const { class_id, date } = teacher.register;
  // Another test may have taken the class's other register of the day.
  const before = await office.summary(class_id, date);
  const officeSays = (is_void: boolean): Promise<void> =>
    eventually(async () => {
      const { id, void: said, counts, status } = await office.register(teacher.register);
      assert.deepEqual([said, status, counts.marked, counts.present, counts.late], [is_void, "open", 2, 1, 1], "its marks are there to be seen");
      const [more, records] = [is_void ? 0 : 1, await office.records(class_id, date)];
      const { marked, present, late } = await office.summary(class_id, date);
      assert.deepEqual([marked - before.marked, present - before.present, late - before.late], [2 * more, more, more]);
      assert.equal(records.filter((record) => record.session_id === id).length, 2 * more);
    });

  await phone.mark(a, "present");
  await phone.mark(b, "late");
  for (const student of [a, b]) await phone.signSays(student, "Received");
  await officeSays(false);
  await sayDidNotHappen(phone, "The class was at the dam");
  await phone.tallySays("All received");
  await officeSays(true);
  await phone.page.reload();
  await phone.registerShows(teacher);
  await sayItDid(phone, "They were back in time");
  await phone.shows({ [a]: "present", [b]: "late" });
  await phone.tallySays("All received");
  await officeSays(false);

  await phone.goOffline();
  await sayDidNotHappen(phone, "The teacher of the lesson was ill");
  await phone.tallySays("1 not sent");
  assert.equal((await office.register(teacher.register)).void, false, "the office does not know yet");
  await phone.goOnline();
  await phone.tallySays("All received");
  await officeSays(true);
  await phone.page.getByText(VOIDED).waitFor();

  const events = await eachTapOnce(office, phone, teacher.id, teacher.register, 5);
  const said = events.filter(({ type }) => type !== "attendance_marked");
  assert.deepEqual(said.map(({ type, reason }) => [type, reason]), [
    ["session_voided", "The class was at the dam"],
    ["session_restored", "They were back in time"],
    ["session_voided", "The teacher of the lesson was ill"],
  ]);
  await phone.putAway();
});
