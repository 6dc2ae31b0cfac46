/** The history of one register: what each event did, why it counts or not, and what differs between two moments. Pure. */

import type { components } from "../api/query-api.d.ts";
import type { EntryStatus, InstantText } from "../model.ts";
import { entryStatus } from "../core/snapshot.ts";
import { isSessionAnswer, isPage, isRecord } from "./shapes.ts";

type Schemas = components["schemas"];
export type RegisterHistory = Schemas["SessionHistoryResponse"];
export type HistoryEvent = RegisterHistory["events"][number];
/** A register as it stood, with the moments at which it changed. */
export type StoodRegister = Schemas["SessionAsOfResponse"];
type Entry = Schemas["HistoryEntry"];

/** Whether an event counts by now, and what decided that. */
export type Verdict =
  | { readonly counts: true }
  | { readonly counts: false; readonly because: "after_close" | "superseded"; /** What took its place, if it is known. */ readonly by: HistoryEvent | null };

/** Judges an event among all of its register. */
export function verdictOf({ effect_now, changed_by }: HistoryEvent, events: readonly HistoryEvent[]): Verdict {
  if (effect_now !== "after_close" && effect_now !== "superseded") return { counts: true };
  return { counts: false, because: effect_now, by: events.find(({ command_id }) => command_id === changed_by) ?? null };
}

/** What is said of a student at some moment. */
export interface Standing {
  readonly status: EntryStatus;
  /** What reports count. */
  readonly counts_as: EntryStatus;
  readonly minutes_late: number | null;
  readonly remarks: string | null;
}

/** What an event left or found; null: nothing was said of the student. */
export function standingOf(entry: Entry | null | undefined): Standing | null {
  if (entry == null) return null;
  const status = entryStatus(entry.status);
  return { status, counts_as: status, minutes_late: entry.minutes_late ?? null, remarks: entry.remarks ?? null };
}

export interface StudentDifference {
  readonly student_id: string;
  readonly name: string;
  /** Null: not in the register then. */
  readonly before: Standing | null;
  readonly after: Standing | null;
}

/** What a register is as a whole. */
export type RegisterStatus = "open" | "closed" | "void";

export interface Difference {
  /** Null: the same. */
  readonly status: { readonly before: RegisterStatus; readonly after: RegisterStatus } | null;
  /** How many students were what, where the numbers differ. */
  readonly counts: readonly { readonly status: EntryStatus; readonly before: number; readonly after: number }[];
  /** By name, as in the register. */
  readonly students: readonly StudentDifference[];
}

const COUNTED: readonly EntryStatus[] = ["present", "absent", "late", "excused", "unmarked"];

/** What is otherwise in the later register than in the earlier one. */
export function differenceOf(before: StoodRegister, after: StoodRegister): Difference {
  const [was, is] = [statusOf(before), statusOf(after)];
  return {
    status: was === is ? null : { before: was, after: is },
    counts: COUNTED.map((status) => ({ status, before: before.counts[status], after: after.counts[status] })).filter((count) => count.before !== count.after),
    students: studentsOf(before, after),
  };
}

/** Void goes before open or closed: such a register counts nowhere. */
export function statusOf(register: { readonly status: string; readonly void: boolean }): RegisterStatus {
  if (register.void) return "void";
  return register.status === "closed" ? "closed" : "open";
}

/** Whether two moments show the same. */
export function isSame({ status, counts, students }: Difference): boolean {
  return status === null && counts.length === 0 && students.length === 0;
}

function studentsOf(before: StoodRegister, after: StoodRegister): readonly StudentDifference[] {
  const [was, is] = [standings(before), standings(after)];
  const names = new Map([...before.students, ...after.students].map(({ student_id, name }) => [student_id, name]));
  return [...names]
    .map(([student_id, name]) => ({ student_id, name, before: was.get(student_id) ?? null, after: is.get(student_id) ?? null }))
    .filter((one) => !isSameStanding(one.before, one.after))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function standings({ students }: StoodRegister): ReadonlyMap<string, Standing> {
  return new Map(students.map(({ student_id, mark, effective_status }) => [student_id, {
    status: entryStatus(mark?.status ?? "unmarked"),
    counts_as: entryStatus(effective_status),
    minutes_late: mark?.minutes_late ?? null,
    remarks: mark?.remarks ?? null,
  }]));
}

function isSameStanding(a: Standing | null, b: Standing | null): boolean {
  if (a === null || b === null) return a === b;
  return a.status === b.status && a.counts_as === b.counts_as && a.minutes_late === b.minutes_late && a.remarks === b.remarks;
}

/** Which of the recorded moments is meant: the one that was wished for, or the newest. */
export function momentIndex(moments: readonly InstantText[], wish: InstantText | null): number {
  const found = wish === null ? -1 : moments.indexOf(wish);
  return found === -1 ? Math.max(0, moments.length - 1) : found;
}

export function isRegisterHistory(body: unknown): body is RegisterHistory {
  if (!isRecord(body) || typeof body["class_id"] !== "string" || typeof body["date"] !== "string") return false;
  return isPage({ items: body["events"] }, ["type", "recorded_at", "occurred_at", "command_id", "effect_now"]) && Array.isArray(body["events"]) && body["events"].every(({ students, actor }) => Array.isArray(students) && isRecord(actor));
}

export function isStoodRegister(body: unknown): body is StoodRegister {
  return isSessionAnswer(body) && "moments" in body && Array.isArray(body.moments) && body.moments.every((moment) => typeof moment === "string");
}
