/** Remarks are kept when the field is left. Who does not leave it by hand loses nothing either. */
import assert from "node:assert/strict";
import { eventually } from "./eventually.ts";
import type { Phone } from "./phone.ts";
import type { Teacher } from "./school.ts";

/** The remarks that are on the device, in the order in which they were kept. */
async function kept(phone: Phone, person_id: string): Promise<readonly string[]> {
  const rows = await phone.outbox(person_id);
  return rows.flatMap(({ command }) => (command.type === "MarkAttendance" && command.remarks ? [command.remarks] : []));
}

/** Types remarks on two students without leaving the field by hand: on the way back to Today, and in two goes. */
export async function keepsWhatIsTyped(phone: Phone, teacher: Teacher, a: string, b: string): Promise<void> {
  await phone.mark(a, "present");
  await phone.row(a).locator("[data-unfold]").click();
  await phone.remarks(a).pressSequentially("fetched by her aunt");
  await phone.page.goBack();
  await phone.page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
  await eventually(async () => assert.deepEqual(await kept(phone, teacher.id), ["fetched by her aunt"]));

  await phone.tapCard(teacher);
  await phone.mark(b, "late");
  await phone.row(b).getByRole("spinbutton").fill("7");
  await phone.page.goBack();
  await phone.tapCard(teacher);
  await eventually(async () => assert.equal(await phone.row(b).getByRole("spinbutton").inputValue(), "7"));

  await phone.row(b).locator("[data-unfold]").click();
  await phone.remarks(b).pressSequentially("the bus ");
  await eventually(async () => assert.equal((await kept(phone, teacher.id)).at(-1), "the bus"));
  await phone.remarks(b).pressSequentially("broke down");
  assert.equal(await phone.remarks(b).inputValue(), "the bus broke down", "what was kept meanwhile is not put in its place");
  await eventually(async () => assert.equal((await kept(phone, teacher.id)).at(-1), "the bus broke down"));
}
