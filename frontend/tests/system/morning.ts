/** How most of these tests begin: a teacher at the register of their class, on a phone that would go on without a network. */
import assert from "node:assert/strict";
import { eventually } from "./eventually.ts";
import { Phone, type PhoneOptions } from "./phone.ts";
import { school, type School, type Teacher } from "./school.ts";

/** Students by their ids, the first of the class. */
export type Four = readonly [string, string, string, string];

export interface Morning extends School {
  readonly teacher: Teacher;
  readonly phone: Phone;
  readonly students: Four;
}

/** Lets a teacher begin the morning whom no other test uses. */
export async function morning(options: PhoneOptions = {}): Promise<Morning> {
  const all = await school();
  const teacher = await all.takeTeacher();
  const phone = await Phone.open(all, options);
  await phone.beginMorning(teacher);
  return { ...all, teacher, phone, students: firstFour(teacher) };
}

/** As {@link morning}, then the first student is absent, the others are present, and the closed register is received and to be read. */
export async function closedMorning(): Promise<Morning & { readonly absentee: Teacher["students"][number] }> {
  const all = await morning();
  const absentee = all.teacher.students[0] ?? assert.fail("the class has a student");
  await all.phone.mark(absentee.id, "absent");
  await all.phone.closeWithRestPresent();
  await all.phone.tallySays("All received");
  await eventually(async () => assert.equal((await all.office.register(all.teacher.register)).status, "closed"));
  return { ...all, absentee };
}

/** The first students of a teacher's class. */
export function firstFour({ students }: Teacher): Four {
  const [a, b, c, d] = students.map((student) => student.id);
  assert.ok(a && b && c && d);
  return [a, b, c, d];
}
