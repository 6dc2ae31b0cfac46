/** With a network: what is tapped is at the office. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { morning } from "./morning.ts";
import { keepsWhatIsTyped } from "./remarks.ts";
import { eachTapOnce } from "./taps.ts";

test("each status, minutes late and remarks reach the office", async () => {
  const { muster, office, teacher, phone, students: [a, b, c, d] } = await morning();
  await phone.mark(a, "present");
  await phone.mark(b, "absent");
  await phone.mark(c, "late");
  await phone.row(c).getByRole("spinbutton").fill("12");
  await phone.row(c).getByRole("spinbutton").press("Tab");
  await phone.mark(d, "excused");
  await phone.remark(d, "at the dentist’s – बुधवार");
  for (const student of [a, b, c, d]) await phone.signSays(student, "Received");
  await phone.tallySays("All received");

  const events = await eachTapOnce(office, phone, teacher.id, teacher.register, 6);
  for (const event of events) {
    const late_ms = Math.abs(Date.parse(event.recorded_at) - Date.parse(event.occurred_at));
    assert.ok(late_ms < 10_000, `stamped with the time of the tap: ${late_ms} ms`);
    assert.ok(Math.abs(Date.parse(event.occurred_at) - muster.now_ms()) < 60_000, "by the server's clock");
  }
  await eventually(async () => {
    const marks = await Promise.all([a, b, c, d].map((student) => office.markOf(teacher.register, student)));
    assert.deepEqual(marks.map((mark) => mark?.status), ["present", "absent", "late", "excused"]);
    assert.equal(marks[2]?.minutes_late, 12);
    assert.equal(marks[3]?.remarks, "at the dentist’s – बुधवार");
    const records = await office.records(teacher.register.class_id, teacher.register.date);
    assert.equal(records.length, 4);
    assert.ok(records.every((record) => record.marked_by.id === teacher.id));
  });
  await phone.putAway();
});

test("a mark taken away and a mark made anew are what counts, and remarks are kept while they are typed", async () => {
  const { office, teacher, phone, students: [a, b, c, d] } = await morning();
  await phone.mark(a, "absent");
  await phone.mark(b, "absent");
  await phone.mark(b, "present");
  await phone.row(a).locator("[data-unfold]").click();
  await phone.row(a).getByRole("button", { name: "Take the mark away" }).click();
  await phone.shows({ [a]: null, [b]: "present" });
  await eachTapOnce(office, phone, teacher.id, teacher.register, 4);
  await eventually(async () => {
    assert.equal((await office.markOf(teacher.register, a))?.status, "unmarked");
    assert.equal((await office.markOf(teacher.register, b))?.status, "present");
  });
  await phone.page.reload();
  await phone.registerShows(teacher);
  await phone.shows({ [a]: null, [b]: "present" });
  await phone.visit();
  await phone.tapCard(teacher);
  await keepsWhatIsTyped(phone, teacher, c, d);
  await phone.putAway();
});
