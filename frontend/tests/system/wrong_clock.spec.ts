/** Phones whose clock is wrong: marks are stamped with the time at which they were made all the same. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";
import { eachTapOnce } from "./taps.ts";

const HOUR_MS = 3_600_000;
/** How far a stamp may be from the tap. */
const RIGHT_WITHIN_MS = 3_000;

const CLOCKS = [
  { name: "26 hours fast", wrong_by_ms: 26 * HOUR_MS, words: /This device's clock is .* fast/ },
  { name: "three days slow", wrong_by_ms: -72 * HOUR_MS, words: /This device's clock is .* slow/ },
];

for (const { name, wrong_by_ms, words } of CLOCKS) {
  test(`a clock that is ${name} is said, and put right in every stamp, also when somebody sets it right before they are sent`, async () => {
    const { muster, office, takeTeacher } = await school();
    const teacher = await takeTeacher();
    const students = teacher.students.slice(0, 4).map((student) => student.id);
    const phone = await Phone.open(await school(), { wrong_by_ms });
    const tapped: { readonly from: number; readonly to: number }[] = [];
    const mark = async (index: number): Promise<void> => {
      const from = muster.now_ms();
      await phone.mark(students[index] ?? "", "absent");
      tapped.push({ from, to: muster.now_ms() });
    };
    await phone.beginMorning(teacher);
    await phone.page.getByText(words).waitFor();
    await mark(0);
    await phone.goOffline();
    await mark(1);
    await phone.page.reload();
    await phone.registerShows(teacher);
    await mark(2);
    await phone.setClockRight();
    await mark(3);
    await phone.goOnline();
    await phone.tallySays("All received");
    const events = await eachTapOnce(office, phone, teacher.id, teacher.register, 4);
    const stamps = events.map((event) => Date.parse(event.occurred_at)).sort((one, other) => one - other);
    for (const [index, stamp] of stamps.entries()) {
      const { from, to } = tapped[index] ?? assert.fail("as many taps as stamps");
      assert.ok(stamp > from - RIGHT_WITHIN_MS && stamp < to + RIGHT_WITHIN_MS, `mark ${index} is ${stamp - from} ms off`);
    }
    await phone.page.getByText(words).waitFor({ state: "detached" });
    await phone.putAway();
  });
}

test("the first mark of a slow phone that was loaded anew keeps its time when the clock is set right before it is sent", async () => {
  const { muster, office, takeTeacher } = await school();
  const teacher = await takeTeacher();
  const phone = await Phone.open(await school(), { wrong_by_ms: -72 * HOUR_MS });
  await phone.beginMorning(teacher);
  await phone.goOffline();
  await phone.page.reload();
  await phone.registerShows(teacher);
  const from = muster.now_ms();
  await phone.mark(teacher.students[0]?.id ?? "", "absent");
  const to = muster.now_ms();
  await phone.setClockRight();
  await phone.goOnline();
  await phone.tallySays("All received");
  const [event] = await eachTapOnce(office, phone, teacher.id, teacher.register, 1);
  const stamp = Date.parse(event?.occurred_at ?? "");
  assert.ok(stamp > from - RIGHT_WITHIN_MS && stamp < to + RIGHT_WITHIN_MS, `it is ${stamp - from} ms off`);
  await phone.putAway();
});
