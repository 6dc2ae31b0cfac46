/** A teacher whose mark lost says it again, and the office sees that two people disagree. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { eventually } from "./eventually.ts";
import { firstFour } from "./morning.ts";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";
import { eachTapOnce } from "./taps.ts";

const WHY = "she was in the library with me";

test("who lost says it again from the sync centre and counts; once the office has decided, that is contested on the office's list", async () => {
  const { muster, office, takeColleagues } = await school();
  const [mine, other] = await takeColleagues();
  const [a, b] = firstFour(mine);
  const [my_phone, other_phone] = [await Phone.open(await school()), await Phone.open(await school())];
  const line = (index: number): Locator =>
    my_phone.page.getByRole("region", { name: "Two said different things" }).getByRole("listitem").filter({ hasText: mine.students[index]?.name ?? "" });
  const sayAgain = async (index: number, what_comes_of_it: RegExp): Promise<void> => {
    await line(index).getByRole("button", { name: "Say mine again" }).click();
    const question = my_phone.page.getByRole("dialog", { name: `Say again that ${mine.students[index]?.name} is: Present` });
    await question.getByText(what_comes_of_it).waitFor();
    await question.getByLabel("Why").fill(WHY);
    await question.getByRole("button", { name: "Say it again" }).click();
    await my_phone.tallySays("All received");
  };
  const isListed = (student: string, ...as: string[]): Promise<void> =>
    eventually(async () => {
      const list = await office.conflicts(mine.register, student);
      assert.deepEqual(list.flatMap(({ state, won, lost }) => [state, won?.status, lost?.status, lost?.by.name]), as);
    });

  await my_phone.beginMorning(mine);
  await other_phone.beginMorning(other);
  for (const student of [a, b]) {
    await my_phone.mark(student, "present");
    await my_phone.signSays(student, "Received");
    await other_phone.mark(student, "absent");
    await other_phone.signSays(student, "Received");
    await isListed(student, "open", "absent", "present", mine.name);
  }
  await my_phone.visit("#/sync");
  await line(0).getByText(/You: Present/).waitFor();
  await line(0).getByText(new RegExp(`${other.name}: Absent`)).waitFor();
  await sayAgain(0, /count again/);
  await isListed(a, "open", "present", "absent", other.name);
  const mark = await office.markOf(mine.register, a);
  assert.deepEqual([mark?.status, mark?.remarks, mark?.marked_by.id], ["present", WHY, mine.id]);
  await other_phone.shows({ [a]: "present", [b]: "absent" });
  await other_phone.row(a).getByText(WHY).waitFor();

  await office.correct(mine.register, b, "absent", new Date(muster.now_ms()).toISOString());
  await line(1).getByText("Settled by the office.").waitFor();
  await sayAgain(1, /The office has decided/);
  await line(1).getByText("Contested.").waitFor();
  await isListed(b, "settled", "absent", "present", mine.name, "contested", "absent", "present", mine.name);
  assert.equal((await office.markOf(mine.register, b))?.status, "absent", "the office's word goes on counting");
  await eachTapOnce(office, my_phone, mine.id, mine.register, 4);
  await eachTapOnce(office, other_phone, other.id, mine.register, 2);
  await my_phone.putAway();
  await other_phone.putAway();
});
