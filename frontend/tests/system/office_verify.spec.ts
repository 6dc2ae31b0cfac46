/** The auditor against the real server: the history verified, what is held outside checked with the program, an event found, and who looked. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { Visitor } from "./office.ts";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";

/** Presses a button that gives a file. */
async function downloaded({ page }: Phone, name: string): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
  return file.path();
}

test("an auditor sees that every event fits, and the program agrees with the checkpoint and key that were downloaded", async () => {
  const all = await school();
  const { muster, logins } = all;
  await muster.tool(["audit", "checkpoint", "--school", logins.auditor.school_code]);
  const desk = await Phone.open(all);
  await desk.signIn(logins.auditor);
  await desk.visit("#/office/more");
  await desk.page.getByRole("main").getByRole("link", { name: "Audit" }).click();
  await desk.page.getByRole("button", { name: "Verify now" }).click();
  await desk.page.getByText(/All [\d,]+ events fit their chains and the log/).waitFor();
  await desk.page.getByText(/^Checked: /).waitFor();

  const checkpoint = await downloaded(desk, "Download the checkpoint");
  const key = readFileSync(await downloaded(desk, "Download the public key"), "utf8").trim();
  assert.equal(readFileSync(checkpoint, "utf8"), await desk.page.locator("[data-checkpoint]").textContent());
  const said = await muster.tool(["audit", "verify", "--checkpoint", checkpoint, "--public-key", key]);
  assert.match(said, /events in \d+ streams fit their chains/);
  await desk.putAway();
});

test("an auditor finds the events of a student, and that the office looked at that student", async () => {
  const all = await school();
  const { muster, logins } = all;
  const admin = await Visitor.signIn(muster.origin, logins.admin);
  const { classes } = await admin.roster();
  const student = classes[0]?.students[0] ?? assert.fail("the demo's first class has students");
  const desk = await Phone.open(all);
  await desk.signIn(logins.auditor);
  await admin.get(`/reports/student-rate?student_id=${student.id}`);
  await desk.visit("#/office/audit");
  const { page } = desk;
  await page.getByRole("searchbox").fill(student.admission_number ?? assert.fail("the demo's students have numbers"));
  await page.getByRole("list", { name: "Students found" }).getByRole("button", { name: student.name }).click();
  await page.getByLabel("What happened").selectOption("attendance_marked");
  const found = page.getByRole("list", { name: "Events found" });
  const marked = found.locator("[data-event=attendance_marked]");
  await eventually(async () => {
    const lines = await found.getByRole("listitem").evaluateAll((all) => all.map((one) => ({ type: one.getAttribute("data-event"), text: one.textContent ?? "" })));
    assert.ok(lines.length > 0, "the student was marked");
    assert.deepEqual(lines.filter(({ type, text }) => type !== "attendance_marked" || !text.includes(student.name)), [], "all are marks of the student");
  });
  assert.match(page.url(), new RegExp(`student_id=${student.id}&type=attendance_marked`));
  await marked.first().getByRole("link", { name: "History of the register" }).waitFor();

  const looks = page.getByRole("region", { name: "Who looked" }).getByRole("listitem");
  const office_looked = looks.filter({ hasText: "(school office)" }).filter({ hasText: `A report · ${student.name}` });
  await office_looked.filter({ hasText: "/reports/student-rate" }).first().waitFor();
  await desk.putAway();
});
