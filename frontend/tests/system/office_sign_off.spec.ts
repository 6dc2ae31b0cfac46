/** A period is signed off against the real server, and what is corrected afterwards stands beside it. */
import { test } from "node:test";
import { closedMorning } from "./morning.ts";
import { Phone } from "./phone.ts";

test("what was corrected after a class was signed off is listed beside the sign-off, with who did it", async () => {
  const all = await closedMorning();
  const { office, teacher, logins, phone, absentee: { id: a, name } } = all;
  const { class_id, date } = teacher.register;

  const desk = await Phone.open(all);
  await desk.signIn(logins.admin);
  await desk.visit("#/office/reports/sign-offs");
  const { page } = desk;
  await page.getByRole("button", { name: "Sign off a period" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("First day").fill(date);
  await dialog.getByLabel("Last day").fill(date);
  await dialog.getByLabel("Class").selectOption(class_id);
  await dialog.getByLabel("Note (may stay empty)").fill("Return of the class");
  // One of the two registers of the day at least is here.
  await dialog.getByText(/expected registers? (is|are) missing|registers? that the calendar expects/).waitFor();
  await dialog.getByRole("button", { name: "Sign off" }).click();
  const card = page.locator("[data-sign-off]").filter({ hasText: "Return of the class" });
  await card.getByText("Nothing has changed since").waitFor();

  const { id } = await office.register(teacher.register);
  await desk.visit(`#/office/registers/${id}`);
  await desk.row(a).getByRole("button", { name: /^Correct/ }).click();
  await dialog.getByRole("radio", { name: "Present" }).check();
  await dialog.getByLabel("Reason").fill("She was in the library");
  await dialog.getByRole("button", { name: "Correct for the record" }).click();
  await desk.tallySays("All received");

  await desk.visit("#/office/reports/sign-offs");
  await card.getByText("1 change since").waitFor();
  await card.getByRole("link", { name: "Show the changes" }).click();
  const change = page.getByRole("region", { name: "What has changed since" }).getByRole("listitem").filter({ hasText: name });
  await change.getByText(/Present \(was: Absent\)/).waitFor();
  await phone.putAway();
  await desk.putAway();
});
