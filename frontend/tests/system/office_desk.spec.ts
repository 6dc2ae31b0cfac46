/** The office's day against the real server: an excuse from waiting to revoked, and an entry put right for the record. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { eventually } from "./eventually.ts";
import { closedMorning, morning, type Morning } from "./morning.ts";
import { Visitor } from "./office.ts";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";

/** A teacher asks for a student to be excused on the day of the register. */
async function askForExcuse({ muster, teacher }: Morning, student_id: string): Promise<string> {
  const { token } = await Visitor.signIn(muster.origin, teacher);
  const exception_id = randomUUID();
  const { date } = teacher.register;
  const now = new Date(muster.now_ms()).toISOString();
  const command = {
    command_id: randomUUID(), type: "RecordException", occurred_at: now, exception_id, student_id,
    category: "medical", start_date: date, end_date: date, reason: "At the clinic – the note follows",
  };
  const response = await fetch(`${muster.origin}/api/v1/commands`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ device_id: randomUUID(), sent_at: now, commands: [command] }),
  });
  const { results } = (await response.json()) as { results: { outcome: string }[] };
  assert.deepEqual(results.map(({ outcome }) => outcome), ["accepted"]);
  return exception_id;
}

/** In how many of the day's registers the class report has a student absent, and in how many excused. */
async function reported(page: Page, student_name: string, absent: number, excused: number): Promise<void> {
  const row = page.getByRole("row").filter({ hasText: student_name });
  await eventually(async () => {
    const cells = await row.getByRole("cell").allInnerTexts();
    // Of one register or of two: another test may have taken the class's other one.
    assert.deepEqual([cells[3], cells[4]].map((cell) => Number.parseInt(cell ?? "", 10)), [absent, excused]);
  });
}

test("an excuse that is approved counts in the class report, and one that is revoked does not any more", async () => {
  const all = await morning();
  const { office, teacher, logins, phone } = all;
  const { class_id, date } = teacher.register;
  // Behind the first four, who are absent in registers of other tests.
  const { id: a, name } = teacher.students[4] ?? assert.fail("the class has five students");
  await phone.mark(a, "absent");
  await phone.closeWithRestPresent();
  await phone.tallySays("All received");
  await eventually(async () => assert.equal((await office.register(teacher.register)).status, "closed"));
  const exception_id = await askForExcuse(all, a);
  const report = `#/office/reports/class-report?class_id=${class_id}&from=${date}&to=${date}`;

  const desk = await Phone.open(all);
  await desk.signIn(logins.admin);
  await desk.visit(report);
  await reported(desk.page, name, 1, 0);

  await desk.visit("#/office/exceptions");
  const card = desk.page.locator(`[data-exception="${exception_id}"]`);
  await card.getByText("At the clinic – the note follows").waitFor();
  await card.getByRole("link", { name }).waitFor();
  await card.getByRole("button", { name: "Approve" }).click();
  await desk.page.getByText(`Approved: ${name}.`).waitFor();
  await desk.tallySays("All received");
  await desk.visit(report);
  await reported(desk.page, name, 0, 1);

  await desk.visit(`#/office/exceptions?student=${a}&state=approved`);
  await card.getByRole("button", { name: "Revoke" }).click();
  await desk.page.getByRole("dialog").getByLabel("Reason").fill("The clinic knows of nothing");
  await desk.page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await desk.page.getByText(`Revoked: ${name}.`).waitFor();
  await desk.tallySays("All received");
  await desk.visit(report);
  await reported(desk.page, name, 1, 0);
  await phone.putAway();
  await desk.putAway();
});

test("an entry of a closed register that is put right shows what it was, what it is, why, when and by whom", async () => {
  const { office, teacher, logins, phone, students: [a], ...all } = await closedMorning();
  const { class_id, date } = teacher.register;

  const desk = await Phone.open({ office, logins, ...all });
  await desk.signIn(logins.admin);
  await desk.visit(`#/office/registers?class=${class_id}&date=${date}`);
  const part = teacher.register.slot === "am" ? "Morning" : "Afternoon";
  await desk.page.getByRole("link", { name: new RegExp(`Closed\\s+${part}`) }).click();
  await desk.row(a).getByRole("button", { name: /^Correct/ }).click();
  const question = desk.page.getByRole("dialog");
  await question.getByRole("radio", { name: "Late" }).check();
  await question.getByLabel("Minutes late").fill("9");
  await question.getByLabel("Reason").fill("The gate's book says so");
  await question.getByRole("button", { name: "Correct for the record" }).click();
  await desk.tallySays("All received");

  const record = desk.row(a).locator(".record");
  await eventually(async () => {
    const told = await record.innerText();
    for (const part of [/Originally\s+✕\s+Absent/, /Amended to\s+◔\s+Late/, /The gate's book says so/, /school office/]) assert.match(told, part);
  });
  await eventually(async () => {
    const mark = await office.markOf(teacher.register, a);
    assert.deepEqual([mark?.status, mark?.minutes_late, mark?.correction?.original_status], ["late", 9, "absent"]);
  });
  await desk.page.reload();
  await record.getByText("The gate's book says so").waitFor();

  // Without a network what was read stays, and says how old it is.
  await desk.goOffline();
  await desk.page.getByText(/No network\. What you see was read/).waitFor();
  await record.getByText("The gate's book says so").waitFor();
  await phone.putAway();
  await desk.putAway();
});

test("an account that the office adds can sign in until it is closed, and a policy that is set is in force", async () => {
  const { muster, logins, ...all } = await school();
  const desk = await Phone.open({ muster, logins, ...all });
  await desk.signIn(logins.admin);
  await desk.visit("#/office/users");
  await desk.page.getByRole("button", { name: "New account" }).click();
  const question = desk.page.getByRole("dialog");
  const login = { school_code: logins.admin.school_code, username: "zuhura.helper", password: "a first password" };
  await question.getByLabel("Name", { exact: true }).fill("Zuhura Helper");
  await question.getByLabel("User name, without spaces").fill(login.username);
  await question.getByLabel(/Password \(8/).fill(login.password);
  await question.getByRole("button", { name: "Add the account" }).click();
  await desk.page.getByText("Added: Zuhura Helper.").waitFor();
  assert.equal((await Visitor.signIn(muster.origin, login)).user.role, "teacher");
  await desk.page.getByRole("searchbox").fill("zuhura");
  const close = desk.page.getByRole("button", { name: "Close", exact: true });
  await eventually(async () => assert.equal(await close.count(), 1));
  await close.click();
  await desk.page.getByText("Closed: Zuhura Helper.").waitFor();
  await assert.rejects(Visitor.signIn(muster.origin, login));

  await desk.visit("#/office/policy");
  await desk.page.getByLabel("Chronic absence from (percent)").fill("12");
  await desk.page.getByRole("button", { name: "Set the policy" }).click();
  await desk.page.getByText("The policy is set.").waitFor();
  const add = desk.page.getByRole("button", { name: "Add days without school" });
  await add.waitFor();
  const titles = desk.page.getByLabel("What it is");
  const before = await titles.count();
  await add.click();
  await titles.nth(before).fill("Sports day");
  // Not today: other tests have school.
  await desk.page.locator(`[name=closed_to_${before}]`).fill("2031-05-01");
  await desk.page.locator(`[name=closed_from_${before}]`).fill("2031-05-01");
  await desk.page.getByRole("button", { name: "Set the calendar" }).click();
  await desk.page.getByText("The calendar is set.").waitFor();
  await desk.page.reload();
  // What was read before the reload is shown first.
  await eventually(async () => assert.equal(await desk.page.getByLabel("Chronic absence from (percent)").inputValue(), "12"));
  await eventually(async () => assert.equal(await titles.nth(before).inputValue(), "Sports day"));
  await desk.putAway();
});
