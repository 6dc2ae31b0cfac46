/** Whatever is typed is text, to everybody who reads it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { bringIn } from "./made_school.ts";
import { Visitor } from "./office.ts";
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

/** What {@link TEXTS} would become as markup; the app itself has none of it. */
const MARKUP = "main :is(img, script, iframe, svg[onload])";
/** A school whose files call its classes and students so. */
const MADE = { code: "MARKUP", password: "the office means no harm", classes: [TEXTS.length, 1], names: TEXTS };
const OFFICE_SCREENS = ["today", "registers", "exceptions", "reports", "conflicts", "people", "users", "policy"];

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
    assert.equal(await page.locator(MARKUP).count(), 0);
  }
  await phone.putAway();
  await desk.putAway();
});

test("students and classes whose names look like markup or script are shown by these names on every screen", async () => {
  const all = await school();
  await bringIn(all.muster, MADE);
  const login = { school_code: MADE.code, username: "teacher0", password: MADE.password };
  const { classes } = await (await Visitor.signIn(all.muster.origin, login)).roster();
  const [own] = classes;
  assert.ok(own);
  const names = own.students.map(({ name }) => name);
  assert.deepEqual([own.title, names.toSorted()], [TEXTS[0], TEXTS.map((text) => `Student ${text}`).toSorted()]);
  const register = { class_id: own.id, date: new Date(all.muster.now_ms()).toISOString().slice(0, 10), slot: null };

  const phone = await Phone.open(all);
  await phone.signIn(login);
  const shows = async ({ page }: Phone, ...wanted: readonly string[]): Promise<void> => {
    for (const text of wanted) await page.locator("main").getByText(text).first().waitFor();
    assert.equal(await page.locator(MARKUP).count(), 0);
  };
  await shows(phone, own.title);
  await phone.openRegister(register);
  await shows(phone, own.title, ...names);
  for (const { id } of own.students) await phone.mark(id, "absent");
  await phone.tallySays("All received");
  await phone.visit("#/history");
  await shows(phone, own.title);

  const desk = await Phone.open(all);
  await desk.signIn({ ...login, username: "office" });
  for (const screen of OFFICE_SCREENS) {
    await desk.visit(`#/office/${screen}`);
    await eventually(async () => assert.equal(await desk.page.locator("main [aria-busy]").count(), 0));
    await shows(desk);
  }
  await desk.openRegister(register);
  await shows(desk, own.title, ...names);
  await desk.visit(`#/office/people/${own.id}`);
  await shows(desk, own.title, ...names);
  for (const report of ["absentees", `class-report?class_id=${own.id}`]) {
    await desk.visit(`#/office/reports/${report}`);
    await shows(desk, ...names);
  }
  await phone.putAway();
  await desk.putAway();
});
