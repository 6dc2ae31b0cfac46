/** The school as the server last described it, and who is in a class on a day. */

import type { components } from "../api/query-api.d.ts";
import type { DateText, InstantText, RegisterKey } from "../model.ts";
import { normalKey, sessionId } from "./natural_id.ts";

/** The server's roster. */
export type Roster = components["schemas"]["RosterResponse"];
export type RosterClass = components["schemas"]["Class"];
export type RosterStudent = components["schemas"]["ClassStudent"];

/** A roster as kept on this device. */
export interface KeptRoster {
  readonly roster: Roster;
  readonly etag: string | null;
  readonly fetched_at: InstantText;
}

/** The class, if it is one of this person's. */
export function classOf(roster: Roster | null, class_id: string): RosterClass | null {
  return roster?.classes.find((one) => one.id === class_id) ?? null;
}

/** The register in normal form, with its id. */
export function namedRegister(roster: Roster, key: RegisterKey): { key: RegisterKey; session_id: string } {
  const normal = normalKey(key, classOf(roster, key.class_id)?.subject_id ?? null);
  return { key: normal, session_id: sessionId(roster.school.id, normal) };
}

/** Whether a register of the class is a teacher's to take: they teach it on the day, or cover that part of it. */
export function isOwn({ teaching = [], cover = [] }: RosterClass, date: DateText, slot: string | null): boolean {
  const taught = teaching.some(({ from, until }) => from <= date && (until == null || date < until));
  const covered = cover.some((one) => one.from <= date && date < one.until && (one.slot == null || one.slot === slot));
  // A roster that an older server told says neither.
  return taught || covered || (teaching.length === 0 && cover.length === 0);
}

/** The students enrolled on a day: `from` is their first day, `until` the first day not in the class any more. */
export function enrolledOn(one: RosterClass, date: DateText): readonly RosterStudent[] {
  return one.students.filter((student) => student.from <= date && (student.until == null || date < student.until));
}

/** The approved exception that covers a student in a register; of several the first by start and id. */
export function coverOf(student: RosterStudent | null, key: RegisterKey): RosterStudent["covers"][number] | null {
  const covers = (student?.covers ?? []).filter((cover) =>
    cover.from <= key.date && key.date <= cover.to
      && (cover.slots == null || (key.slot !== null && cover.slots.includes(key.slot))));
  covers.sort((a, b) => (a.from + a.exception_id < b.from + b.exception_id ? -1 : 1));
  return covers[0] ?? null;
}

/** Every name this person's roster has for a student, whichever class. */
export function studentById(roster: Roster | null, student_id: string): RosterStudent | null {
  for (const one of roster?.classes ?? []) {
    const student = one.students.find((each) => each.id === student_id);
    if (student !== undefined) return student;
  }
  return null;
}

/** Whether registers can be taken on a day: it is in a term. */
export function isInTerm(roster: Roster, date: DateText): boolean {
  return roster.terms.some((term) => term.start <= date && date <= term.end);
}

/** Whether there is school on a day, by the calendar. */
export function isSchoolDay(roster: Roster, date: DateText): boolean {
  return isInTerm(roster, date) && !roster.closed_days.includes(date);
}

/** The slots of the registers that are expected of a class on a school day; null is the register without one. */
export function expectedSlots(roster: Roster, { expected = [] }: RosterClass, date: DateText): readonly (string | null)[] {
  const in_force = expected.findLast(({ from }) => from <= date);
  if (in_force !== undefined) return in_force.slots;
  // Without a calendar, or by the roster of an older server.
  return roster.slots.length === 0 ? [null] : roster.slots.map((slot) => slot.id);
}

/**
 * The key of a session of which only class and date are known, found by computing the ids of all that the school's
 * slots and subjects allow; null if it is none of them.
 */
export function keyOfSession(roster: Roster, class_id: string, date: DateText, session_id: string): RegisterKey | null {
  const slots = [null, ...roster.slots.map((slot) => slot.id)];
  const subjects = [null, ...roster.subjects.map((subject) => subject.id)];
  for (const subject_id of subjects) {
    for (const slot of slots) {
      const key = { class_id, date, subject_id, slot };
      if (sessionId(roster.school.id, key) === session_id) return key;
    }
  }
  return null;
}
