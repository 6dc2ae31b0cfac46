/** Saying a mark again that lost: done rarely, so fetched with the first. */

import type { ConflictLine } from "../model.ts";
import type { Draft } from "../core/command.ts";
import type { Desk } from "../core/desk.ts";
import { cut, draft } from "../core/drafts.ts";

/** A mark of this device that lost, said again, with why; null if it cannot be. */
export function contestDraft(conflicts: readonly ConflictLine[], desk: Desk | null, session_id: string, student_id: string, remarks: string): Draft | null {
  const line = conflicts.find((one) => one.session_id === session_id && one.student_id === student_id);
  if (line === undefined || line.contest === null || line.mine.status === "unmarked") return null;
  const { key, mine: { status, at } } = line;
  const said = [...(desk?.rows.values() ?? [])].filter((row) => row.session_id === session_id && row.occurred_at === at);
  const minutes = said.map(({ command }) => (command.type === "MarkAttendance" ? command.minutes_late : null))[0] ?? null;
  return draft({ key, session_id }, {
    type: "MarkAttendance",
    session: key,
    student_id,
    status,
    minutes_late: status === "late" ? minutes : null,
    remarks: cut(remarks.trim()),
  });
}
