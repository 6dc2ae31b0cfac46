/** A register as the server last told it, kept on this device. */

import type { components } from "../api/query-api.d.ts";
import type { EntryStatus, InstantText, RegisterKey } from "../model.ts";

type SessionItem = components["schemas"]["SessionItem"];
type SessionResponse = components["schemas"]["SessionResponse"];

/** The entry that counts for one student. */
export interface Entry {
  readonly student_id: string;
  readonly status: EntryStatus;
  readonly minutes_late: number | null;
  readonly remarks: string | null;
  readonly occurred_at: InstantText;
  readonly command_id: string;
  readonly marked_by: { readonly id: string; readonly name: string };
  readonly corrected: boolean;
}

/** A student's name where the roster has none (any more). */
export interface NamedStudent {
  readonly student_id: string;
  readonly name: string;
  readonly admission_number: string | null;
}

export interface Snapshot {
  readonly session_id: string;
  readonly key: RegisterKey;
  /** The key's date again: what snapshots are looked up by. */
  readonly date: string;
  readonly status: "open" | "closed";
  readonly void: boolean;
  readonly closed_at: InstantText | null;
  readonly closed_by: string | null;
  readonly entries: readonly Entry[];
  /** Names of students that are not in the roster; empty until they were asked for. */
  readonly names: readonly NamedStudent[];
  readonly fetched_at: InstantText;
}

/** A listed register with its marks as a snapshot. */
export function snapshotOf(item: SessionItem, fetched_at: InstantText): Snapshot {
  return {
    session_id: item.id,
    key: { class_id: item.class_id, date: item.date, subject_id: item.subject_id ?? null, slot: item.slot ?? null },
    date: item.date,
    status: item.status === "closed" ? "closed" : "open",
    void: item.void,
    closed_at: item.closed_at ?? null,
    closed_by: item.closed_by ?? null,
    entries: (item.marks ?? []).map((mark) => entryOf(mark.student_id, mark)),
    names: [],
    fetched_at,
  };
}

/** A register with its students as a snapshot. */
export function detailedSnapshotOf(answer: SessionResponse, fetched_at: InstantText): Snapshot {
  return {
    ...snapshotOf(answer, fetched_at),
    entries: answer.students.flatMap(({ student_id, mark }) => (mark == null ? [] : [entryOf(student_id, mark)])),
    names: answer.students.map(({ student_id, name, admission_number }) =>
      ({ student_id, name, admission_number: admission_number ?? null })),
  };
}

function entryOf(student_id: string, mark: components["schemas"]["Mark"]): Entry {
  return {
    student_id,
    status: entryStatus(mark.status),
    minutes_late: mark.minutes_late ?? null,
    remarks: mark.remarks ?? null,
    occurred_at: mark.occurred_at,
    command_id: mark.command_id,
    marked_by: { id: mark.marked_by.id, name: mark.marked_by.name ?? "" },
    corrected: mark.correction != null,
  };
}

/** A status the server names; one that this version does not know shows as unmarked rather than as something false. */
export function entryStatus(word: string): EntryStatus {
  return word === "present" || word === "absent" || word === "late" || word === "excused" ? word : "unmarked";
}
