/** The battery dies: what the screen called kept is kept. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Gateway } from "./gateway.ts";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";
import { eachTapOnce } from "./taps.ts";

test("a browser killed right after the screen said saved has every mark when it starts again", async () => {
  const { muster, office, takeTeacher } = await school();
  const teacher = await takeTeacher();
  const students = teacher.students.slice(0, 6).map((student) => student.id);
  const gateway = await Gateway.open(muster.origin);
  const first = await Phone.start(await school(), gateway.origin);
  await first.beginMorning(teacher);
  // Quit once in order: browsers write the cookie that keeps people signed in every half a minute, not at once.
  gateway.goDown(true);
  let phone = await first.quitAndStart(false);
  for (const [index, student] of students.entries()) {
    await phone.openRegister(teacher.register);
    await phone.registerShows(teacher);
    await phone.mark(student, index % 2 === 0 ? "absent" : "present");
    if (index % 2 === 1) phone = await phone.dieAndStart(false);
  }
  await phone.openRegister(teacher.register);
  await phone.registerShows(teacher);
  await phone.shows(Object.fromEntries(students.map((student, index) => [student, index % 2 === 0 ? "absent" : "present"])));
  await phone.tallySays("6 not sent");
  gateway.goDown(false);
  await phone.goOnline();
  await phone.tallySays("All received");
  const told = await eachTapOnce(office, phone, teacher.id, teacher.register, students.length);
  assert.equal(new Set(told.map((event) => event.device_id)).size, 1, "still the same device");
  await phone.putAway();
});
