/**
 * From a control to an action. Only what the control changes is said: the row on the screen may be older than the
 * last tap, and the store keeps the rest.
 */
import type { RegisterRow, RegisterView, Status } from "../../../model.ts";
import type { View } from "../../view.ts";
import { guessMinutesLate } from "./minutes.ts";

/** Whether marks are taken: a closed register is reopened first, and a lesson that did not happen has none. */
export function takesMarks(register: RegisterView): boolean {
  return register.status !== "closed" && !register.void;
}

/** Marks one student. Whoever becomes late is as late as the slot is old. */
export function setStatus(view: View, register: RegisterView, row: RegisterRow, status: Status): void {
  const becomesLate = status === "late" && row.status !== "late";
  const minutes_late = becomesLate ? guessMinutesLate(register.slot_start, serverNow(view)) : null;
  view.run(view.actions.mark(row.student_id, status, minutes_late === null ? {} : { minutes_late }));
}

/** Goes to another student of the roll call; behind the last one is its end. */
export function stepRollCall(view: View, register: RegisterView, by: 1 | -1): void {
  const at = Math.min(view.local.roll_call ?? 0, register.rows.length);
  view.change({ roll_call: Math.min(Math.max(0, at + by), register.rows.length) });
}

/** Marks the student whose turn it is, and goes on; how late is asked for while the student is still there. */
export function markRollCall(view: View, register: RegisterView, row: RegisterRow, status: Status): void {
  setStatus(view, register, row, status);
  if (status !== "late") stepRollCall(view, register, 1);
}

/** Sets how late a student came, in minutes; null when nobody knows. */
export function setMinutesLate(view: View, row: RegisterRow, minutes_late: number | null): void {
  view.run(view.actions.mark(row.student_id, "late", { minutes_late }));
}

/** Writes the remarks of a student who is marked. */
export function setRemarks(view: View, row: RegisterRow, text: string): void {
  if (row.status === "unmarked") return;
  const remarks = text.trim() || null;
  if (remarks === row.remarks) return;
  view.run(view.actions.mark(row.student_id, null, { remarks }));
}

/** Takes the mark away again. */
export function clear(view: View, row: RegisterRow): void {
  if (row.status !== "unmarked") view.run(view.actions.clearMark(row.student_id));
}

/** Closes at once when everybody is marked, else asks. */
export function close(view: View, register: RegisterView): void {
  if (register.counts.unmarked > 0) view.change({ dialog: { name: "close" } });
  else view.run(view.actions.closeRegister());
}

/** A clock that is known to be wrong must not make everybody late. */
function serverNow({ state }: View): Date {
  return new Date(Date.now() - (state.sync.clock_wrong_by_ms ?? 0));
}
