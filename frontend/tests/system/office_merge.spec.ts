/** A child with two records: from when the office says so, both count as one, until it takes that back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { morning } from "./morning.ts";
import { Visitor } from "./office.ts";
import { Phone } from "./phone.ts";

test("a double is in no class and counts under the other record, until Undo", async () => {
  const all = await morning();
  const { muster, office, teacher, logins, phone, students: [double, stays] } = all;
  const recordOf = (id: string): { readonly name: string; readonly number: string } => {
    const student = teacher.students.find((one) => one.id === id);
    assert.ok(student?.admission_number, "the demo's students have numbers");
    return { name: student.name, number: student.admission_number };
  };
  await phone.mark(double, "absent");
  await phone.closeWithRestPresent();
  await phone.tallySays("All received");
  await phone.putAway();
  const colleague = await Visitor.signIn(muster.origin, teacher);
  const counted = async (doubles: readonly string[]): Promise<void> => {
    await eventually(async () => {
      const { classes } = await colleague.roster();
      const ids = classes.find(({ id }) => id === teacher.register.class_id)?.students.map(({ id }) => id) ?? [];
      assert.deepEqual([ids.length, ids.includes(double)], [teacher.students.length - doubles.length, doubles.length === 0]);
    });
    assert.deepEqual((await office.rate(stays, teacher.register.date)).doubles.map(({ student_id }) => student_id), doubles);
  };
  await counted([]);

  const desk = await Phone.open(all);
  await desk.signIn(logins.admin);
  await desk.visit(`#/office/people?student=${double}`);
  await desk.page.getByRole("button", { name: "Same person as…" }).click();
  const question = desk.page.getByRole("dialog");
  // By the number: children of other classes have the same name.
  const kept = recordOf(stays);
  await question.getByRole("searchbox").fill(kept.number);
  await question.getByRole("button", { name: `${kept.name} ${kept.number}` }).click();
  await question.getByText("The record that stays", { exact: true }).waitFor();
  await question.getByRole("button", { name: "They are one person" }).click();
  await desk.page.getByText(`${recordOf(double).name} counts under ${kept.name}.`).waitFor();
  await counted([double]);
  assert.equal((await office.markOf(teacher.register, double))?.status, "absent", "the register stays as it was marked");

  await desk.page.getByRole("button", { name: "Undo", exact: true }).click();
  await counted([]);
  await desk.putAway();
});
