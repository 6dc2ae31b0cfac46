/** Two people, two devices, one register. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.ts";
import { Phone } from "./phone.ts";
import { school } from "./school.ts";
import { eachTapOnce } from "./taps.ts";

test("what the office said later counts, and the teacher is told what both said", async () => {
  const { office, logins, takeTeacher } = await school();
  const teacher = await takeTeacher();
  const [a, b] = teacher.students;
  assert.ok(a && b);
  const phone = await Phone.open(await school());
  const desk = await Phone.open(await school());
  await phone.beginMorning(teacher);
  await desk.signIn(logins.admin);
  await desk.openRegister(teacher.register);
  await desk.registerShows(teacher);
  await phone.goOffline();
  await phone.mark(a.id, "absent");
  await phone.mark(b.id, "present");
  await desk.mark(a.id, "present");
  await desk.signSays(a.id, "Received");
  await phone.goOnline();
  await phone.signSays(b.id, "Received");
  await eachTapOnce(office, phone, teacher.id, teacher.register, 2);
  assert.equal((await office.markOf(teacher.register, a.id))?.status, "present");

  await phone.shows({ [a.id]: "present", [b.id]: "present" });
  await phone.row(a.id).getByText(/School office says Present/).waitFor();
  await phone.page.getByRole("link", { name: /All received/ }).click();
  const line = phone.page.getByRole("region", { name: "Two said different things" }).getByRole("link", { name: a.name });
  await line.getByText(/You: Absent/).waitFor();
  await line.getByText(/School office: Present/).waitFor();
  await desk.page.getByRole("link", { name: "Back to today" }).click();
  await desk.openRegister(teacher.register);
  await desk.shows({ [a.id]: "present", [b.id]: "present" });
  await phone.putAway();
  await desk.putAway();
});

test("two phones of one teacher end up with the same register", async () => {
  const { office, takeTeacher } = await school();
  const teacher = await takeTeacher();
  const [a, b, c] = teacher.students.map((student) => student.id);
  assert.ok(a && b && c);
  const phones = [await Phone.open(await school()), await Phone.open(await school())] as const;
  for (const phone of phones) {
    await phone.beginMorning(teacher);
    await phone.goOffline();
  }
  // What both mark lies apart: each phone knows the server's time only as well as one answer told it.
  await phones[0].mark(b, "absent");
  await phones[0].mark(a, "absent");
  await phones[1].mark(c, "excused");
  await phones[1].mark(b, "late");
  for (const phone of phones) {
    await phone.goOnline();
    await phone.tallySays("All received");
  }
  for (const phone of phones) {
    await phone.page.getByRole("link", { name: "Back to today" }).click();
    await phone.tapCard(teacher);
    await phone.shows({ [a]: "absent", [b]: "late", [c]: "excused" });
  }
  await eventually(async () => {
    const { id } = await office.register(teacher.register);
    const marks = await office.events(id);
    const commands = (await Promise.all(phones.map((phone) => phone.outbox(teacher.id)))).flat().map((row) => row.command_id);
    assert.deepEqual(marks.map((event) => event.command_id).sort(), commands.sort());
    assert.equal(commands.length, 4);
  });
  for (const phone of phones) await phone.putAway();
});
