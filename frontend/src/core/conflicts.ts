/** Conflicts as the server lists them, from the side of one person. */

import type { components } from "../api/query-api.d.ts";
import type { DateText, ListedConflict } from "../model.ts";
import { classOf, keyOfSession, studentById, type Roster } from "./roster.ts";
import { dayAfter } from "./school_day.ts";
import { entryStatus, type Snapshot } from "./snapshot.ts";

type ConflictItem = components["schemas"]["ConflictItem"];
type Side = components["schemas"]["ConflictSide"];

/** Who reads the list, when, and what their device knows of the registers. */
export interface ConflictReader {
  readonly person_id: string;
  readonly roster: Roster;
  /** Registers that this device knows, which may be of a slot that the school does not plan with. */
  readonly kept: ReadonlyMap<string, Snapshot>;
  readonly today: DateText;
}

/** The conflicts in which the reader is one of the two; those of other people are not their business here. */
export function conflictsOf(items: readonly ConflictItem[], reader: ConflictReader): readonly ListedConflict[] {
  return items.flatMap((item) => {
    const { lost, won } = item;
    const { person_id } = reader;
    // A change of the roster after the close has no two sides; it is the office's to look at.
    if (lost == null || won == null || (lost.by.id !== person_id && won.by.id !== person_id)) return [];
    const [mine, other] = lost.by.id === person_id ? [lost, won] : [won, lost];
    return [lineOf(item, mine, other, reader)];
  });
}

function lineOf(item: ConflictItem, mine: Side, other: Side, reader: ConflictReader): ListedConflict {
  const { session_id, class_id, date, student_id, kind } = item;
  const { roster, kept } = reader;
  const key = kept.get(session_id)?.key ?? keyOfSession(roster, class_id, date, session_id);
  const state = item.state === "contested" || item.state === "settled" ? item.state : "open";
  return {
    session_id,
    key: key ?? { class_id, date, subject_id: null, slot: null },
    class_title: classOf(roster, class_id)?.title ?? "",
    student_id,
    student_name: item.student_name ?? studentById(roster, student_id)?.name ?? "",
    mine: { status: entryStatus(mine.status), at: mine.occurred_at },
    other: { by: other.by.name ?? "", status: entryStatus(other.status), at: other.occurred_at },
    kind,
    state,
    contest: key === null || mine === item.won ? null : contestOf(item, mine, reader),
  };
}

/** A mark of long ago is not the teacher's to change any more, and of what the office has on its list already it knows. */
function contestOf(item: ConflictItem, mine: Side, { roster, kept, today }: ConflictReader): ListedConflict["contest"] {
  const is_old = item.date < dayAfter(today, -roster.policy.edit_days);
  if (is_old || entryStatus(mine.status) === "unmarked" || classOf(roster, item.class_id) === null) return null;
  if (item.state === "contested") return null;
  const register = kept.get(item.session_id);
  const entry = register?.entries.find((one) => one.student_id === item.student_id);
  if (item.state === "settled" || entry?.corrected === true) return "corrected";
  return register?.status === "closed" ? "closed" : "counts";
}
