/** Who covers a class, as people say it: the parts of the day together. Pure. */

import type { RosterClass } from "../core/roster.ts";
import type { DateText } from "../model.ts";

export interface CoverOfClass {
  readonly teacher_id: string;
  /** Null if the school has no such user any more. */
  readonly name: string | null;
  readonly from: DateText;
  /** The first day on which they no longer do. */
  readonly until: DateText;
  /** Null: every register of the day. */
  readonly slots: readonly string[] | null;
}

/** The covers of a class that the school's list names, by their days: the list has one line for each part of the day. */
export function coversOf({ cover = [] }: Pick<RosterClass, "cover">): readonly CoverOfClass[] {
  const covers = new Map<string, CoverOfClass>();
  for (const { teacher, from, until, slot } of cover) {
    const place = `${from} ${until} ${teacher.id}`;
    const known = covers.get(place);
    // Whoever has the whole day has its parts too.
    const slots = slot == null || known?.slots === null ? null : [...(known?.slots ?? []), slot];
    covers.set(place, { teacher_id: teacher.id, name: teacher.name ?? null, from, until, slots });
  }
  return [...covers].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
