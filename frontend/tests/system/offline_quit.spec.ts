/** A morning without a network, and the app closed in between. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { Gateway } from "./gateway.ts";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";
import { eachTapOnce } from "./taps.ts";

test("a register taken and closed offline outlives quitting the browser, and is right at the office once online", async () => {
  const { muster, office, takeTeacher } = await school();
  const teacher = await takeTeacher();
  const { class_id, date } = teacher.register;
  const [a, b, c] = teacher.students.map((student) => student.id);
  assert.ok(a && b && c);
  const everybody = teacher.students.length;
  const gateway = await Gateway.open(muster.origin);
  const first = await Phone.start(await school(), gateway.origin);
  await first.beginMorning(teacher);
  gateway.goDown(true);
  await first.goOffline();
  await first.mark(a, "absent");
  await first.mark(b, "late");
  // Whoever is excused in advance is left out when the rest is marked; who that is depends on the day.
  for (const { id, covers } of teacher.students) if (covers.length > 0 && id !== a && id !== b) await first.mark(id, "present");
  await first.closeWithRestPresent();
  const commands = everybody + 1;
  await first.tallySays(`${commands} not sent`);

  const phone = await first.quitAndStart(false);
  await phone.openRegister(teacher.register);
  await phone.registerShows(teacher);
  await phone.shows({ [a]: "absent", [b]: "late", [c]: "present" });
  await phone.page.getByText(/^\s*Closed/).waitFor();
  await phone.tallySays(`${commands} not sent`);
  assert.equal((await office.summary(class_id, date)).marked, 0, "nothing has reached the office");

  gateway.goDown(false);
  await phone.goOnline();
  await phone.tallySays("All received");
  await eachTapOnce(office, phone, teacher.id, teacher.register, commands);
  await eventually(async () => {
    const { status, counts } = await office.register(teacher.register);
    assert.equal(status, "closed");
    assert.deepEqual([counts.roster, counts.marked, counts.present, counts.absent, counts.late], [everybody, everybody, everybody - 2, 1, 1]);
    const summary = await office.summary(class_id, date);
    assert.deepEqual([summary.marked, summary.present, summary.absent, summary.late, summary.unmarked], [everybody, everybody - 2, 1, 1, 0]);
  });
  await phone.putAway();
});
