/** A corrected register against the real server: the auditor goes back in it with a slider, and sees what it was and what became of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { closedMorning } from "./morning.ts";
import { Phone } from "./phone.ts";

/** What the register of the screen says of a student. */
function entryOf({ page }: Phone, student_id: string): Locator {
  return page.getByRole("region", { name: "As it stood" }).locator(`[data-student="${student_id}"]`);
}

test("an auditor moves the slider of a corrected register and sees it as it stood before and after, with what differs", async () => {
  const all = await closedMorning();
  const { office, teacher, logins, phone, absentee: { id: a, name } } = all;

  const desk = await Phone.open(all);
  await desk.signIn(logins.admin);
  const { id } = await office.register(teacher.register);
  await desk.visit(`#/office/registers/${id}`);
  await desk.row(a).getByRole("button", { name: /^Correct/ }).click();
  const dialog = desk.page.getByRole("dialog");
  await dialog.getByRole("radio", { name: "Late" }).check();
  await dialog.getByLabel("Reason").fill("The gate's book says 8:07");
  await dialog.getByRole("button", { name: "Correct for the record" }).click();
  await desk.page.getByText(`Corrected: ${name}, Late.`).waitFor();
  await desk.tallySays("All received");

  const auditor = await Phone.open(all);
  await auditor.signIn(logins.auditor);
  await auditor.visit(`#/office/registers/${id}`);
  const { page } = auditor;
  await page.getByRole("link", { name: "History of the register" }).click();
  await entryOf(auditor, a).locator(".pill-late").first().waitFor();
  const differs = page.getByRole("region", { name: "What differs" });
  await differs.getByText("Nothing differs").waitFor();

  const slider = page.getByRole("slider", { name: "Moment" });
  await slider.press("ArrowLeft");
  await entryOf(auditor, a).locator(".pill-late").first().waitFor({ state: "detached" });
  assert.match((await entryOf(auditor, a).textContent()) ?? "", /Absent/, "nobody knew of the correction then");
  await page.getByText(/^As it stood at .*, by what was known then/).waitFor();
  assert.match((await slider.getAttribute("aria-valuetext")) ?? "", /, \d\d:\d\d:\d\d \(\d+ of \d+\)$/);
  const student = differs.locator("[data-differs]");
  await student.filter({ hasText: name }).filter({ hasText: /Absent[^]*Late/ }).waitFor();
  assert.equal(await student.count(), 1, "of all students one differs");
  await page.reload();
  await page.getByText(/^As it stood at .*, by what was known then/).waitFor();
  await student.filter({ hasText: name }).filter({ hasText: /Absent[^]*Late/ }).waitFor();
  assert.match(page.url(), /[?&]at=/, "the moment stands in the address");

  await slider.press("End");
  await entryOf(auditor, a).getByText("The gate's book says 8:07").waitFor();
  assert.doesNotMatch(page.url(), /[?&]at=/, "the newest goes without saying");
  const happened = page.getByRole("region", { name: "What happened" });
  const correction = happened.locator("[data-event=attendance_corrected]");
  await correction.filter({ hasText: /Absent[^]*Late[^]*The gate's book says 8:07[^]*Counts\./ }).waitFor();
  await happened.locator("[data-event=attendance_marked]").filter({ hasText: name }).getByText(/^Counts no longer: Corrected by /).waitFor();
  for (const one of [phone, desk, auditor]) await one.putAway();
});
