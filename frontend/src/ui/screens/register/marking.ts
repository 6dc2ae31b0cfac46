/** From a control to an action. What the control does not change is kept: remarks outlive a change of status. */
import type { RegisterRow, RegisterView, Status } from "../../../model.ts";
import type { View } from "../../view.ts";
import { allowedMinutes, guessMinutesLate } from "./minutes.ts";

/** Whether marks are taken: a closed register is reopened first, and a lesson that did not happen has none. */
export function takesMarks(register: RegisterView): boolean {
  return register.status !== "closed" && !register.void;
}

/** Marks one student. */
export function setStatus(view: View, register: RegisterView, row: RegisterRow, status: Status): void {
  const minutes_late = status === "late" ? (row.minutes_late ?? guessMinutesLate(register.slot_start, serverNow(view))) : null;
  view.run(view.actions.mark(row.student_id, status, { minutes_late, remarks: row.remarks }));
}

/** Sets how late a student came. */
export function setMinutesLate(view: View, row: RegisterRow, minutes: number | null): void {
  view.run(view.actions.mark(row.student_id, "late", { minutes_late: allowedMinutes(minutes), remarks: row.remarks }));
}

/** Writes the remarks of a student who is marked. */
export function setRemarks(view: View, row: RegisterRow, text: string): void {
  if (row.status === "unmarked") return;
  const remarks = text.trim() || null;
  if (remarks === row.remarks) return;
  view.run(view.actions.mark(row.student_id, row.status, { minutes_late: row.minutes_late, remarks }));
}

/** Takes the mark away again. */
export function clear(view: View, row: RegisterRow): void {
  if (row.status !== "unmarked") view.run(view.actions.clearMark(row.student_id));
}

/** A clock that is known to be wrong must not make everybody late. */
function serverNow({ state }: View): Date {
  return new Date(Date.now() - (state.sync.clock_wrong_by_ms ?? 0));
}
