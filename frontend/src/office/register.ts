/** A register as the office sees it: the legal record of each entry, this device's own words laid over it. Pure. */

import type { components } from "../api/query-api.d.ts";
import type { EntryStatus, InstantText, Person, RegisterKey, Saved } from "../model.ts";
import type { CorrectAttendance } from "../core/office_command.ts";
import { entryStatus } from "../core/snapshot.ts";
import type { Order } from "./model.ts";
import { isRecord } from "./shapes.ts";

type SessionResponse = components["schemas"]["SessionResponse"];
type SessionStudent = SessionResponse["students"][number];

/** What an entry was, what the office made of it, why, when, and who did. */
export interface LegalRecord {
  readonly original: EntryStatus;
  readonly amended: EntryStatus;
  /** Null if the student's texts were erased. */
  readonly reason: string | null;
  readonly at: InstantText;
  readonly by: string;
  /** As what they amended it: the contract's word. */
  readonly role: string;
}

export interface OfficeEntry {
  readonly student_id: string;
  readonly name: string;
  readonly admission_number: string | null;
  readonly on_roster: boolean;
  /** What was seen, or what the office says was. */
  readonly status: EntryStatus;
  /** What reports count. */
  readonly counts_as: EntryStatus;
  readonly minutes_late: number | null;
  readonly remarks: string | null;
  readonly marked_by: string | null;
  readonly marked_at: InstantText | null;
  readonly record: LegalRecord | null;
  /** How far this device's own correction has come; null: there is none that the server's view has not. */
  readonly saved: Saved | null;
}

export interface OfficeRegister {
  readonly key: RegisterKey;
  readonly status: "open" | "closed";
  readonly void: boolean;
  readonly closed_at: InstantText | null;
  readonly closed_by: string | null;
  readonly entries: readonly OfficeEntry[];
  /** How far this device's last word on the whole register has come. */
  readonly saved: Saved | null;
}

/** The server's view with the orders that it does not contain: those after the answer of number `answers`. */
export function officeRegister(answer: SessionResponse, orders: readonly Order[], answers: number, me: Person): OfficeRegister {
  const { class_id, date, subject_id = null, slot = null } = answer;
  let register: OfficeRegister = {
    key: { class_id, date, subject_id, slot },
    status: answer.status === "closed" ? "closed" : "open",
    void: answer.void,
    closed_at: answer.closed_at ?? null,
    closed_by: answer.closed_by ?? null,
    entries: answer.students.map(entryOf),
    saved: null,
  };
  for (const order of orders) {
    if (order.about_id !== answer.id || order.saved === "attention") continue;
    if (order.answer > 0 && order.answer <= answers) continue;
    register = after(register, order, me);
  }
  return register;
}

function entryOf({ student_id, name, admission_number, on_roster, mark, effective_status }: SessionStudent): OfficeEntry {
  const status = entryStatus(mark?.status ?? "unmarked");
  return {
    student_id,
    name,
    admission_number: admission_number ?? null,
    on_roster,
    status,
    counts_as: entryStatus(effective_status),
    minutes_late: mark?.minutes_late ?? null,
    remarks: mark?.remarks ?? null,
    marked_by: mark?.marked_by.name ?? null,
    marked_at: mark?.occurred_at ?? null,
    record: mark?.correction == null ? null : { ...recordedBy(mark.correction, mark), original: entryStatus(mark.correction.original_status), amended: status, reason: mark.correction.reason ?? null },
    saved: null,
  };
}

/** Who amended it and when. A server of before leaves that to the mark, which is the office's then. */
function recordedBy(correction: object, mark: NonNullable<SessionStudent["mark"]>): Pick<LegalRecord, "at" | "by" | "role"> {
  const at = "at" in correction && typeof correction.at === "string" ? correction.at : mark.occurred_at;
  const by = "by" in correction && isRecord(correction.by) ? correction.by : {};
  return {
    at,
    by: typeof by["name"] === "string" ? by["name"] : mark.marked_by.name ?? "",
    role: typeof by["role"] === "string" ? by["role"] : "admin",
  };
}

function after(register: OfficeRegister, { command, occurred_at, saved }: Order, me: Person): OfficeRegister {
  switch (command.type) {
    case "CorrectAttendance":
      return { ...register, entries: register.entries.map((entry) => corrected(entry, command, occurred_at, saved, me)) };
    case "RecordArrival": {
      if (register.status !== "closed") return register;
      const { session, student_id, minutes_late, reason } = command;
      const late = { type: "CorrectAttendance", session, student_id, status: "late", minutes_late, remarks: null, reason } as const;
      return { ...register, entries: register.entries.map((entry) => corrected(entry, late, occurred_at, saved, me)) };
    }
    case "VoidSession":
    case "RestoreSession":
      return { ...register, void: command.type === "VoidSession", saved };
    case "ReopenSession":
      return { ...register, status: "open", closed_at: null, closed_by: null, saved };
    case "CloseSession":
      return register.status === "closed" ? register : { ...register, status: "closed", closed_at: occurred_at, closed_by: me.id, saved };
    default:
      return register;
  }
}

function corrected(entry: OfficeEntry, command: CorrectAttendance, at: InstantText, saved: Saved, me: Person): OfficeEntry {
  if (entry.student_id !== command.student_id) return entry;
  const { status, minutes_late, remarks, reason } = command;
  // An absence that an excuse covers goes on counting as excused.
  const counts_as = status === entry.status ? entry.counts_as : status;
  return {
    ...entry, status, counts_as, minutes_late, remarks, marked_by: me.name, marked_at: at, saved,
    record: { original: entry.status, amended: status, reason, at, by: me.name, role: me.role },
  };
}
