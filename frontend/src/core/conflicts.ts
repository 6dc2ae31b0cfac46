/** Conflicts as the server lists them, from the side of one person. */

import type { components } from "../api/query-api.d.ts";
import type { ConflictLine, RegisterKey } from "../model.ts";
import { classOf, keyOfSession, studentById, type Roster } from "./roster.ts";
import { entryStatus } from "./snapshot.ts";

type ConflictItem = components["schemas"]["ConflictItem"];
type Side = components["schemas"]["ConflictSide"];

/**
 * The conflicts in which `person_id` is one of the two; those of other people are not this person's business here.
 * `keys` are those of registers that this device knows, which may be of a slot that the school does not plan with.
 */
export function conflictsOf(
  items: readonly ConflictItem[],
  person_id: string,
  roster: Roster,
  keys: ReadonlyMap<string, RegisterKey>,
): readonly ConflictLine[] {
  return items.flatMap((item) => {
    const { lost, won } = item;
    // A change of the roster after the close has no two sides; it is the office's to look at.
    if (lost == null || won == null || (lost.by.id !== person_id && won.by.id !== person_id)) return [];
    const [mine, other] = lost.by.id === person_id ? [lost, won] : [won, lost];
    return [lineOf(item, mine, other, roster, keys.get(item.session_id) ?? null)];
  });
}

function lineOf(item: ConflictItem, mine: Side, other: Side, roster: Roster, known: RegisterKey | null): ConflictLine {
  const { session_id, class_id, date, student_id, kind } = item;
  return {
    session_id,
    key: known ?? keyOfSession(roster, class_id, date, session_id) ?? { class_id, date, subject_id: null, slot: null },
    class_title: classOf(roster, class_id)?.title ?? "",
    student_id,
    student_name: item.student_name ?? studentById(roster, student_id)?.name ?? "",
    mine: { status: entryStatus(mine.status), at: mine.occurred_at },
    other: { by: other.by.name ?? "", status: entryStatus(other.status), at: other.occurred_at },
    kind,
    state: item.state === "contested" || item.state === "settled" ? item.state : "open",
  };
}

/** What a register's line says of a student's conflicts: the one about this person's last mark, unless it is settled. */
export function conflictOfStudent(lines: readonly ConflictLine[], student_id: string): ConflictLine | null {
  const open = lines.filter((line) => line.student_id === student_id && line.state !== "settled");
  return open.reduce<ConflictLine | null>((last, line) => (last === null || line.mine.at > last.mine.at ? line : last), null);
}
