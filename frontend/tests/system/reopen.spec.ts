/** A register that was closed too early. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Status } from "../../src/model.ts";
import { eventually } from "./eventually.ts";
import { morning } from "./morning.ts";
import { Phone } from "./phone.ts";

async function reopen({ page }: Phone, count_since: boolean): Promise<void> {
  await page.getByText(/You can reopen it until/).waitFor();
  await page.getByRole("button", { name: "Reopen" }).click();
  const question = page.getByRole("dialog", { name: "Reopen this register" });
  await question.getByLabel("Reason").fill("The bus came late");
  if (count_since) await question.getByRole("checkbox", { name: /Count the marks made since it was closed/ }).check();
  await question.getByRole("button", { name: "Reopen" }).click();
  await page.getByRole("button", { name: "Close", exact: true }).waitFor();
}

test("of a register that is reopened, marks made while it was closed count only where that is asked for", async (t) => {
  const all = await morning();
  const { office, teacher, phone, students: [a, b, c] } = all;
  const everybody = teacher.students.length;
  const other = await Phone.open(all);
  await other.beginMorning(teacher);
  // Whoever is excused in advance is left out when the rest is marked.
  const covered = teacher.students.filter(({ covers }) => covers.length > 0);
  for (const { id } of covered) await phone.mark(id, "present");
  await phone.tallySays("All received");

  const officeSays = (status: "open" | "closed", absent: number, late: number): Promise<void> =>
    eventually(async () => {
      const { counts, ...register } = await office.register(teacher.register);
      assert.deepEqual(
        [register.status, counts.marked, counts.present, counts.absent, counts.late],
        [status, everybody, everybody - absent - late, absent, late],
      );
    });
  /** Closes it, while the teacher's other phone, which does not hear of that, goes on. */
  const closeWhileOtherMarks = async (close: () => Promise<void>, student: string, status: Status): Promise<void> => {
    await other.goOffline();
    await close();
    await phone.tallySays("All received");
    await other.mark(student, status);
    await other.goOnline();
    await other.tallySays("All received");
    await other.page.getByText(/You can reopen it until/).waitFor();
  };

  await t.test("not asked for: only marks from then on", async () => {
    await closeWhileOtherMarks(() => phone.closeWithRestPresent(), a, "late");
    await officeSays("closed", 0, 0);
    await reopen(phone, false);
    await phone.mark(b, "absent");
    await phone.tallySays("All received");
    await officeSays("open", 1, 0);
    for (const each of [phone, other]) await each.shows({ [a]: "present", [b]: "absent", [c]: "present" });
  });

  await t.test("asked for: also those since the last close, and no earlier ones", async () => {
    const close = async (): Promise<void> => {
      await phone.page.getByRole("button", { name: "Close", exact: true }).click();
      await phone.page.getByText(/You can reopen it until/).waitFor();
    };
    await closeWhileOtherMarks(close, c, "late");
    await officeSays("closed", 1, 0);
    await reopen(phone, true);
    await phone.tallySays("All received");
    await officeSays("open", 1, 1);
    for (const each of [phone, other]) await each.shows({ [a]: "present", [b]: "absent", [c]: "late" });
  });

  const rows = [...(await phone.outbox(teacher.id)), ...(await other.outbox(teacher.id))];
  const { id } = await office.register(teacher.register);
  const events = await office.events(id);
  assert.deepEqual(events.map((event) => event.command_id).sort(), rows.map((row) => row.command_id).sort(), "one event for each tap");
  await phone.putAway();
  await other.putAway();
});
