/** From what a teacher does on a register to the commands that say so. */

import { LONGEST_TEXT, MOST_MINUTES_LATE, type InstantText, type RegisterRow, type RegisterView, type Status } from "../model.ts";
import type { Command, Draft } from "./command.ts";
import type { ShownRegister } from "./overlay.ts";

/** Which register, as every draft needs it. */
type Where = Pick<RegisterView, "key" | "session_id">;

/** What a mark says beside the status. What is not given stays as it is. */
export interface Detail {
  readonly minutes_late?: number | null;
  readonly remarks?: string | null;
}

/** A student's mark; `row` is what the register shows of the student now. */
export function markDraft(where: Where, row: RegisterRow, status: Status, detail: Detail): Draft {
  const minutes = detail.minutes_late === undefined ? row.minutes_late : detail.minutes_late;
  const remarks = (detail.remarks === undefined ? row.remarks : detail.remarks)?.trim() ?? "";
  return draft(where, {
    type: "MarkAttendance",
    session: where.key,
    student_id: row.student_id,
    status,
    minutes_late: status !== "late" || minutes === null ? null : Math.min(MOST_MINUTES_LATE, Math.max(0, Math.round(minutes))),
    remarks: remarks === "" ? null : cut(remarks),
  });
}

/**
 * Present for everybody who is not marked. Whoever is covered by an exception is left to the teacher: that they are
 * here after all is worth a look.
 */
export function restPresentDrafts(view: RegisterView): readonly Draft[] {
  const rest = view.rows.filter((row) => row.status === "unmarked" && row.on_roster && row.covered === null);
  return rest.map((row) => markDraft(view, row, "present", {}));
}

/** Takes a student's mark back. */
export function clearDraft(where: Where, student_id: string): Draft {
  return draft(where, { type: "ClearMark", session: where.key, student_id });
}

/** Takes those of a bulk action's marks back that still count. */
export function undoDrafts(where: Where, shown: ShownRegister, command_ids: ReadonlySet<string>): readonly Draft[] {
  const still = [...shown.entries].filter(([, entry]) => command_ids.has(entry.command_id));
  return still.map(([student_id]) => clearDraft(where, student_id));
}

/** Finishes the register. */
export function closeDraft(where: Where): Draft {
  return draft(where, { type: "CloseSession", session: where.key });
}

/** Opens the register again; with `count_since` as if it had not been closed. */
export function reopenDraft(where: Where, shown: ShownRegister, reason: string, count_since: boolean, close_is_stamped: boolean): Draft {
  const closed_here = shown.close_seq !== null && !close_is_stamped;
  const effective_at: InstantText | null = count_since && !closed_here ? shown.closed_at : null;
  const command: Command = { type: "ReopenSession", session: where.key, reason: cut(reason.trim()), effective_at };
  return { command, session_id: where.session_id, since_seq: count_since && closed_here ? shown.close_seq : null };
}

/** Says that the lesson did not happen, or takes that back. */
export function voidDraft(where: Where, type: "VoidSession" | "RestoreSession", reason: string): Draft {
  return draft(where, { type, session: where.key, reason: cut(reason.trim()) });
}

/** A command on a register. */
export function draft(where: Where, command: Command): Draft {
  return { command, session_id: where.session_id, since_seq: null };
}

/** At most as many characters as the server takes, and no half of one. */
export function cut(text: string): string {
  return [...text].slice(0, LONGEST_TEXT).join("");
}
