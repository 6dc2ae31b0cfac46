/** Registers that have no card on Today: of another part of the day, and of days that are too long ago. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { dayAfter } from "../../src/core/school_day.ts";
import { eventually } from "./eventually.ts";
import { morning } from "./morning.ts";
import { Visitor } from "./office.ts";
import { eachTapOnce } from "./taps.ts";

test("a register that nobody expects is opened from Today, and stands apart from the one that is expected", async () => {
  const { muster, logins, office, teacher, phone, students: [a] } = await morning();
  const { page } = phone;
  const admin = await Visitor.signIn(muster.origin, logins.admin);
  const { classes } = await admin.roster();
  const title = classes.find(({ id }) => id === teacher.register.class_id)?.title ?? assert.fail("the teacher's class");
  await phone.mark(a, "present");
  await phone.visit();
  await page.getByRole("button", { name: "Another register…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Class and part of the day").selectOption(`${title} · Whole day`);
  assert.equal(await dialog.getByLabel("Subject").count(), 0, "the demo's school has none");
  await dialog.getByRole("button", { name: "Open the register" }).click();
  await page.getByText("Whole day").first().waitFor();
  await phone.shows({ [a]: null });
  await phone.mark(a, "absent");
  await eventually(async () => {
    const { class_id, date } = teacher.register;
    const records = await office.records(class_id, date);
    assert.deepEqual(records.map(({ slot, status }) => `${slot ?? "whole day"}: ${status}`).sort(), ["am: present", "whole day: absent"]);
  });
  await phone.visit();
  await page.getByRole("listitem").filter({ hasText: "Whole day" }).getByText("1 of ").waitFor();
  await phone.putAway();
});

test("marks of a day that is too long ago say so before and after, and are discarded all at once", async () => {
  const { office, teacher, phone, students: [a, b] } = await morning();
  const { page } = phone;
  const { class_id, date } = teacher.register;
  await phone.visit(`#/register/${class_id}/${dayAfter(date, -21)}/-/-`);
  await page.getByText("Marks are taken for 14 days after the lesson.").waitFor();
  await phone.mark(a, "present");
  await phone.mark(b, "absent");
  await phone.tallySays("2 need attention");
  await phone.visit("#/sync");
  const refused = page.getByRole("article").filter({ hasText: "2 entries" });
  await refused.getByText("The day is too long ago to be changed by a teacher.").waitFor();
  await refused.getByRole("button", { name: "Discard", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
  await phone.tallySays("All received");
  assert.deepEqual(await phone.outbox(teacher.id), []);

  await phone.visit();
  await phone.tapCard(teacher);
  await phone.mark(a, "late");
  await eachTapOnce(office, phone, teacher.id, teacher.register, 1);
  await phone.putAway();
});
