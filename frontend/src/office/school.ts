/** Finding people and classes in the school's list. Pure. */

import { classOf, enrolledOn, type Roster, type RosterClass, type RosterStudent } from "../core/roster.ts";
import type { DateText } from "../model.ts";

/** A student with all their classes. */
export interface Pupil {
  readonly id: string;
  readonly name: string;
  readonly admission_number: string | null;
  readonly enrolments: readonly { readonly class_id: string; readonly class_title: string; readonly from: DateText; readonly until: DateText | null }[];
}

/** Everybody of the school, once. */
export interface School {
  readonly roster: Roster;
  readonly pupils: ReadonlyMap<string, Pupil>;
  readonly classes: readonly RosterClass[];
}

const EMPTY: School = {
  roster: {
    school: { id: "", code: "", name: "", time_zone: "UTC" }, terms: [], subjects: [], slots: [], closed_days: [], staff: [], classes: [],
    policy: { version: null, edit_days: 0, reopen_minutes: 0 },
  },
  pupils: new Map(),
  classes: [],
};
const made = new WeakMap<Roster, School>();
const byTitle = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** The school of a roster; made once for each. */
export function schoolOf(roster: Roster | null): School {
  if (roster === null) return EMPTY;
  const known = made.get(roster);
  if (known !== undefined) return known;
  const pupils = new Map<string, Pupil>();
  for (const one of roster.classes) for (const student of one.students) pupils.set(student.id, withEnrolment(pupils.get(student.id), student, one));
  const classes = [...roster.classes].sort((a, b) => byTitle.compare(a.title, b.title));
  const school = { roster, pupils, classes };
  made.set(roster, school);
  return school;
}

function withEnrolment(pupil: Pupil | undefined, { id, name, admission_number, from, until }: RosterStudent, one: RosterClass): Pupil {
  const enrolment = { class_id: one.id, class_title: one.title, from, until: until ?? null };
  return { id, name, admission_number: admission_number ?? null, enrolments: [...(pupil?.enrolments ?? []), enrolment] };
}

/** Those whose name or number has every word that was typed, by name; at most `most`. */
export function findPupils({ pupils }: School, typed: string, most: number): readonly Pupil[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const found = [...pupils.values()].filter((pupil) => {
    const text = plain(`${pupil.name} ${pupil.admission_number ?? ""}`);
    return words.every((word) => text.includes(word));
  });
  return found.sort((a, b) => byTitle.compare(a.name, b.name)).slice(0, most);
}

/** Without case and accents. */
function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase("en").trim();
}

/** The classes of a student on a day, in words. */
export function classesOn(pupil: Pupil | undefined, date: DateText): string {
  const now = (pupil?.enrolments ?? []).filter(({ from, until }) => from <= date && (until === null || date < until));
  return now.map(({ class_title }) => class_title).join(", ");
}

/** What a register is called: subject and part of the day. */
export function lessonOf({ roster }: School, key: { readonly subject_id?: string | null; readonly slot?: string | null }): { subject_title: string | null; slot_title: string | null } {
  const { subject_id = null, slot = null } = key;
  return {
    subject_title: roster.subjects.find((subject) => subject.id === subject_id)?.title ?? null,
    slot_title: slot === null ? null : slotTitle(roster, slot),
  };
}

/** A part of the day in the school's words. */
export function slotTitle(roster: Roster, slot: string): string {
  return roster.slots.find((one) => one.id === slot)?.title ?? slot;
}

/** The name of somebody who works at the school. */
export function staffName({ roster }: School, id: string | null): string | null {
  return roster.staff.find((one) => one.id === id)?.name ?? null;
}

/** A class's title; empty if the school has no such class any more. */
export function classTitle({ roster }: School, class_id: string): string {
  return classOf(roster, class_id)?.title ?? "";
}

/** How many students a class has on a day. */
export function sizeOn(one: RosterClass, date: DateText): number {
  return enrolledOn(one, date).length;
}
