/** The office's daily life against the real server: late children, conflicts that end, covers, and what was refused. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { eventually } from "./eventually.ts";
import { closedMorning, firstFour, morning } from "./morning.ts";
import { Visitor } from "./office.ts";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";

test("a scanned card makes an absent child late in the closed register, and Undo puts the entry back", async () => {
  const all = await closedMorning();
  const { office, teacher, logins, phone, absentee: { id: a, name, admission_number } } = all;

  const desk = await Phone.open(all);
  await desk.signIn(logins.admin);
  await desk.visit("#/office/arrivals");
  // Whether it falls in depends on the hour of the test's morning: so the minutes are looked at, and said.
  await desk.page.getByRole("checkbox", { name: /scanned number is recorded at once/ }).uncheck();
  await desk.page.getByRole("searchbox").fill(admission_number ?? assert.fail("the demo's students have numbers"));
  await desk.page.getByRole("searchbox").press("Enter");
  const form = desk.page.getByRole("region", { name });
  const line = form.getByRole("listitem").filter({ hasText: teacher.register.slot === "am" ? "Morning" : "Afternoon" });
  await line.getByText("Absent").waitFor();
  await line.getByRole("checkbox").check();
  await line.getByLabel("Minutes late").fill("17");
  await form.getByLabel("Reason").fill("The bus broke down");
  await form.getByRole("button", { name: "Record as late" }).click();
  await desk.page.getByText(`Recorded as late: ${name}.`).waitFor();
  await eventually(async () => {
    const mark = await office.markOf(teacher.register, a);
    assert.deepEqual([mark?.status, mark?.minutes_late, mark?.correction?.reason, mark?.correction?.original_status], ["late", 17, "The bus broke down", "absent"]);
  });

  await desk.page.reload();
  await desk.page.getByRole("button", { name: `Undo: ${name}` }).click();
  await desk.page.getByText("Said otherwise since then.").waitFor();
  await eventually(async () => assert.equal((await office.markOf(teacher.register, a))?.status, "absent"));
  await phone.putAway();
  await desk.putAway();
});

test("the office insists on a mark that lost, with a reason, and lets it go again", async () => {
  const all = await school();
  const { office, takeColleagues, logins } = all;
  const [mine, other] = await takeColleagues();
  const [a] = firstFour(mine);
  const [my_phone, other_phone] = [await Phone.open(all), await Phone.open(all)];
  await my_phone.beginMorning(mine);
  await other_phone.beginMorning(other);
  await my_phone.mark(a, "present");
  await my_phone.signSays(a, "Received");
  await other_phone.mark(a, "absent");
  await other_phone.signSays(a, "Received");
  const states = async (...wanted: string[]): Promise<void> =>
    eventually(async () => assert.deepEqual((await office.conflicts(mine.register, a)).map(({ state }) => state), wanted));
  await states("open");

  const desk = await Phone.open(all);
  await desk.signIn(logins.admin);
  const { date } = mine.register;
  await desk.visit(`#/office/conflicts?from=${date}&to=${date}&state=all`);
  const [conflict] = await office.conflicts(mine.register, a);
  const card = desk.page.locator(`[data-conflict="${conflict?.lost?.command_id}"]`);
  await card.getByText(mine.name).waitFor();
  await card.getByText(other.name).waitFor();
  await card.getByRole("button", { name: /^Contest/ }).click();
  await desk.page.getByRole("dialog").getByLabel("Reason").fill("I saw her at the gate");
  await desk.page.getByRole("dialog").getByRole("button", { name: "Contest" }).click();
  await card.getByText("I saw her at the gate").waitFor();
  await states("contested");
  await card.getByRole("button", { name: /^Let it go/ }).click();
  await card.getByText(/let it go/).first().waitFor();
  await states("settled");
  await desk.page.reload();
  await card.getByText("Settled", { exact: true }).waitFor();
  await my_phone.putAway();
  await other_phone.putAway();
  await desk.putAway();
});

test("somebody who covers a class may take its register until the cover is ended", async () => {
  const all = await school();
  const { muster, takeTeacher, logins } = all;
  const [one, other] = [await takeTeacher(), await takeTeacher()];
  const { class_id, date } = one.register;
  const sees = async (...wanted: boolean[]): Promise<void> => {
    const visitor = await Visitor.signIn(muster.origin, other);
    await eventually(async () => assert.deepEqual([(await visitor.roster()).classes.some(({ id }) => id === class_id)], wanted));
  };
  await sees(false);
  const desk = await Phone.open(all);
  await desk.signIn(logins.admin);
  await desk.visit(`#/office/people/${class_id}`);
  const covers = desk.page.getByRole("region", { name: "Who covers the class" });
  await covers.getByRole("button", { name: "Let somebody cover" }).click();
  const question = desk.page.getByRole("dialog");
  await question.getByRole("combobox").selectOption(other.id);
  await question.getByLabel("First day").fill(date);
  await question.getByLabel("Last day").fill(date);
  await question.getByRole("checkbox", { name: one.register.slot === "am" ? "Morning" : "Afternoon" }).check();
  await question.getByRole("button", { name: "Let somebody cover" }).click();
  await covers.getByText(other.name).waitFor();
  await sees(true);

  await covers.getByRole("listitem").filter({ hasText: other.name }).getByRole("button", { name: /^End/ }).click();
  await question.getByLabel("First day without").fill(date);
  await question.getByRole("button", { name: "End", exact: true }).click();
  await covers.getByText(other.name).waitFor({ state: "detached" });
  await sees(false);
  await desk.putAway();
});

test("what was refused says what, why and whose, and every device when it was last heard", async () => {
  const all = await school();
  const { muster, takeTeacher, logins } = all;
  const teacher = await takeTeacher();
  const { token } = await Visitor.signIn(muster.origin, teacher);
  const now = new Date(muster.now_ms()).toISOString();
  const { class_id, date, slot } = teacher.register;
  // Long ago, which is the office's to change.
  const command = { command_id: randomUUID(), type: "MarkAttendance", occurred_at: now, session: { class_id, date: "2020-01-06", slot }, student_id: teacher.students[0]?.id, status: "present" };
  const device_id = randomUUID();
  const response = await fetch(`${muster.origin}/api/v1/commands`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ device_id, sent_at: now, device: { app_version: "an old one", unsent: 4, oldest_unsent_at: now, unsent_sessions: [] }, commands: [command] }),
  });
  const { results } = (await response.json()) as { results: { outcome: string }[] };
  assert.deepEqual(results.map(({ outcome }) => outcome), ["rejected"], date);

  const desk = await Phone.open(all);
  await desk.signIn(logins.auditor);
  await desk.visit("#/office/devices");
  const card = desk.page.locator(`[data-device="${device_id}"]`);
  await card.getByText(teacher.name).waitFor();
  await card.getByText("4 not sent").waitFor();
  await card.getByText("App an old one").waitFor();
  // Other tests had this teacher refused too, but nothing of that year.
  const line = desk.page.getByRole("region", { name: "Refused" }).getByRole("listitem").filter({ hasText: teacher.name }).filter({ hasText: "2020" });
  await line.getByText("Marked", { exact: true }).waitFor();
  assert.match(await line.getByRole("link").getAttribute("href") ?? "", /^#\/office\/registers\//);
  await desk.putAway();
});

test("the registers of a class stand day by day below its report, and on sheets to be signed", async () => {
  const all = await morning();
  const { teacher, logins, phone, students: [a, b] } = all;
  const { class_id, date } = teacher.register;
  await phone.mark(a, "absent");
  await phone.mark(b, "late");
  await phone.tallySays("All received");

  const desk = await Phone.open(all);
  await desk.signIn(logins.admin);
  await desk.visit(`#/office/reports/class-report?class_id=${class_id}&from=${date}&to=${date}`);
  const row = (index: number): Locator => desk.page.getByRole("table", { name: "Day by day" }).getByRole("row").filter({ hasText: teacher.students[index]?.admission_number ?? "" });
  await row(0).getByRole("cell", { name: "A", exact: true }).first().waitFor();
  await row(1).getByRole("cell", { name: "L", exact: true }).first().waitFor();
  await desk.page.getByRole("link", { name: "Printable register" }).click();
  await desk.page.getByText("Signature of the class teacher").waitFor();
  await row(0).getByRole("cell", { name: "A", exact: true }).first().waitFor();

  await desk.visit(`#/office/reports/day?date=${date}`);
  const bars = desk.page.getByRole("region", { name: "Attendance by class" });
  await bars.getByRole("listitem").filter({ hasText: teacher.class_title }).getByText("%").waitFor();
  await phone.putAway();
  await desk.putAway();
});
