/** Whatever is typed is text, to everybody who reads it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";
import { eachTapOnce } from "./taps.ts";

const TEXTS = [
  `<img src=x onerror="alert(1)">`,
  `<script>alert(2)</script>`,
  `"><svg onload=alert(3)>`,
  `javascript:alert(4)//\${alert(5)}{{alert(6)}}`,
  `</p><iframe srcdoc="<script>parent.alert(7)</script>">`,
];

test("remarks that look like markup or script are shown as they were typed", async () => {
  const { office, logins, takeTeacher } = await school();
  const teacher = await takeTeacher();
  const students = teacher.students.slice(0, TEXTS.length).map((student) => student.id);
  const phone = await Phone.open(await school());
  await phone.beginMorning(teacher);
  for (const [index, student] of students.entries()) {
    await phone.mark(student, "absent");
    await phone.remark(student, TEXTS[index] ?? "");
    await phone.row(student).locator("[data-unfold]").click();
    await phone.row(student).getByText(TEXTS[index] ?? "", { exact: true }).waitFor();
  }
  await phone.tallySays("All received");
  await eachTapOnce(office, phone, teacher.id, teacher.register, 2 * TEXTS.length);

  const desk = await Phone.open(await school());
  await desk.signIn(logins.admin);
  await desk.openRegister(teacher.register);
  for (const [index, student] of students.entries()) {
    await desk.row(student).getByText(TEXTS[index] ?? "", { exact: true }).waitFor();
  }
  for (const { page } of [phone, desk]) {
    assert.equal(await page.locator(".row :is(img, script, iframe, svg[onload])").count(), 0);
  }
  await phone.putAway();
  await desk.putAway();
});
