/** The lines of a register: everybody on the roster of the day, and whoever has an entry all the same. */

import { countsAs, type ListedConflict, type Counts, type RegisterKey, type RegisterRow, type Saved } from "../model.ts";
import type { OutboxRow } from "./command.ts";
import { once } from "./once.ts";
import type { ShownEntry, ShownRegister } from "./overlay.ts";
import { problemOfRow } from "./outbox.ts";
import { classOf, coverOf, enrolledOn, studentById, type Roster, type RosterStudent } from "./roster.ts";
import type { NamedStudent } from "./snapshot.ts";

/** What the lines are made of. */
export interface RowsInput {
  readonly key: RegisterKey;
  readonly roster: Roster;
  readonly shown: ShownRegister;
  readonly names: readonly NamedStudent[];
  /** This person's conflicts in this register. */
  readonly conflicts: readonly ListedConflict[];
  readonly person_id: string;
  readonly sending: ReadonlySet<number>;
}

/** The lines in the order of names. */
export function registerRows(input: RowsInput): readonly RegisterRow[] {
  const one = classOf(input.roster, input.key.class_id);
  const enrolled = new Map((one === null ? [] : enrolledOn(one, input.key.date)).map((student) => [student.id, student]));
  const ids = new Set([...enrolled.keys(), ...input.shown.entries.keys(), ...input.shown.own.keys()]);
  const rows = [...ids].map((id) => rowOf(input, id, enrolled.get(id) ?? null));
  return rows.sort((a, b) => byName().compare(a.name, b.name) || (a.student_id < b.student_id ? -1 : 1));
}

const byName = once(() => new Intl.Collator("en"));

function rowOf(input: RowsInput, student_id: string, enrolled: RosterStudent | null): RegisterRow {
  const entry = input.shown.entries.get(student_id) ?? null;
  const own = input.shown.own.get(student_id) ?? null;
  const student = enrolled ?? studentById(input.roster, student_id);
  const named = student ?? input.names.find((name) => name.student_id === student_id) ?? null;
  const cover = coverOf(student, input.key);
  const saved = savedOf(entry, own, input.sending);
  const by_others = entry !== null && entry.marked_by.id !== input.person_id && entry.status !== "unmarked";
  const conflict = conflictOfStudent(input.conflicts, student_id);
  return {
    student_id,
    name: named?.name ?? "",
    admission_number: named?.admission_number ?? null,
    on_roster: enrolled !== null,
    status: entry?.status ?? "unmarked",
    minutes_late: entry?.minutes_late ?? null,
    remarks: entry?.remarks ?? null,
    saved,
    problem: own?.state === "attention" ? problemOfRow(own) : null,
    marked_by: by_others ? entry.marked_by : null,
    corrected: entry?.corrected ?? false,
    covered: cover === null ? null : { category: cover.category, to: cover.to },
    conflict: conflict === null
      ? null
      : { kind: conflict.kind, other_by: conflict.other.by, other_status: conflict.other.status, other_at: conflict.other.at },
  };
}

/** What a register's line says of a student's conflicts: the one about this person's last mark, unless it is settled. */
function conflictOfStudent(lines: readonly ListedConflict[], student_id: string): ListedConflict | null {
  const open = lines.filter((line) => line.student_id === student_id && line.state !== "settled");
  return open.reduce<ListedConflict | null>((last, line) => (last === null || line.mine.at > last.mine.at ? line : last), null);
}

/** How far a student's last mark on this device is, or else the server's entry. */
function savedOf(entry: ShownEntry | null, own: OutboxRow | null, sending: ReadonlySet<number>): Saved | null {
  if (own !== null) return savedOfRow(own, sending);
  return entry === null ? null : "received";
}

/** How far a command is. */
export function savedOfRow(row: OutboxRow, sending: ReadonlySet<number>): Saved {
  if (row.state === "acknowledged") return "received";
  if (row.state === "attention") return "attention";
  return sending.has(row.seq) ? "sending" : "here";
}

/** Counts by what reports use: an absence under an approved exception counts as excused. */
export function countsOf(rows: readonly RegisterRow[]): Counts {
  const counts = { present: 0, absent: 0, late: 0, excused: 0 };
  let marked = 0;
  for (const row of rows) {
    const status = countsAs(row);
    if (status === "unmarked") continue;
    counts[status] += 1;
    marked += 1;
  }
  return { roster: rows.length, marked, unmarked: rows.length - marked, ...counts };
}
