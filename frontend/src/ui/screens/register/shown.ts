/** Which students of a register are shown. Pure. */
import { countsAs, type RegisterRow } from "../../../model.ts";
import type { Filter } from "../../routing.ts";

/** The rows of a filter, and those that matched when it was set: a row that was just marked stays where it is. */
export function shownRows(
  rows: readonly RegisterRow[],
  filter: Filter,
  pinned: ReadonlySet<string>,
): readonly RegisterRow[] {
  if (filter.show === null && filter.search === "") return rows;
  return rows.filter((row) => pinned.has(row.student_id) || matches(row, filter));
}

/** The students to pin when a filter is set. */
export function matching(rows: readonly RegisterRow[], filter: Filter): ReadonlySet<string> {
  return new Set(rows.filter((row) => matches(row, filter)).map((row) => row.student_id));
}

function matches(row: RegisterRow, filter: Filter): boolean {
  return (filter.show === null || countsAs(row) === filter.show) && named(row, filter.search);
}

/** Every word of the search begins a word of the name or stands in the admission number; accents do not matter. */
function named(row: RegisterRow, search: string): boolean {
  const name = plain(row.name).split(/[\s'’-]+/);
  const number = plain(row.admission_number ?? "");
  return plain(search)
    .split(/\s+/)
    .every((word) => number.includes(word) || name.some((part) => part.startsWith(word)));
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase().trim();
}
