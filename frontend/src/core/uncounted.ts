/** Marks of one's own that counted once and do not any more, because of what somebody else did. */

import type { EntryStatus, InstantText, RegisterKey } from "../model.ts";
import type { Entry, Snapshot } from "./snapshot.ts";

/** A mark of this person's, and what stands in its place. */
export interface Uncounted {
  readonly session_id: string;
  readonly key: RegisterKey;
  readonly student_id: string;
  readonly command_id: string;
  readonly mine: { readonly status: EntryStatus; readonly at: InstantText };
  /** `by` and `at` are null when nothing counts: somebody closed the register at a time before the mark. */
  readonly now: { readonly status: EntryStatus; readonly by: string | null; readonly at: InstantText | null };
}

/** The most that are kept: beyond, nobody looks at them one by one. */
const MOST_KEPT = 200;

/** What a register says otherwise than before of this person's marks. That somebody said the same again is nothing to tell. */
export function uncounted(before: Snapshot, after: Snapshot, person_id: string): readonly Uncounted[] {
  const entries = byStudent(after);
  return before.entries.flatMap((mine) => {
    if (mine.marked_by.id !== person_id || mine.corrected || mine.status === "unmarked") return [];
    const now = entries.get(mine.student_id) ?? null;
    if (now?.marked_by.id === person_id || now?.status === mine.status) return [];
    return [{
      session_id: after.session_id,
      key: after.key,
      student_id: mine.student_id,
      command_id: mine.command_id,
      mine: { status: mine.status, at: mine.occurred_at },
      now: { status: now?.status ?? "unmarked", by: now?.marked_by.name ?? null, at: now?.occurred_at ?? null },
    }];
  });
}

/**
 * The list after registers were read: with what is new, and without what this person's own marks have settled since.
 * `is_unsent` says of a command that the server may not have it (any more): then there is nothing to tell yet.
 */
export function afterReading(
  known: readonly Uncounted[],
  before: ReadonlyMap<string, Snapshot>,
  read: readonly Snapshot[],
  person_id: string,
  is_unsent: (command_id: string) => boolean,
): readonly Uncounted[] {
  let list = known;
  for (const after of read) {
    const old = before.get(after.session_id);
    const found = old === undefined ? [] : uncounted(old, after, person_id).filter((one) => !is_unsent(one.command_id));
    list = withUncounted(list, found, after, person_id);
  }
  return list.length === known.length && list.every((one, index) => one === known[index]) ? known : list.slice(-MOST_KEPT);
}

function withUncounted(known: readonly Uncounted[], found: readonly Uncounted[], after: Snapshot, person_id: string): readonly Uncounted[] {
  const entries = byStudent(after);
  const replaced = new Set(found.map((one) => one.student_id));
  const still = known.filter((one) => {
    if (one.session_id !== after.session_id) return true;
    return !replaced.has(one.student_id) && entries.get(one.student_id)?.marked_by.id !== person_id;
  });
  return [...still, ...found];
}

function byStudent(snapshot: Snapshot): ReadonlyMap<string, Entry> {
  return new Map(snapshot.entries.map((entry) => [entry.student_id, entry]));
}
