/** A class's registers as a grid, students by registers, read from the file that the server makes of them. Pure. */

import type { DateText, EntryStatus } from "../model.ts";
import { csvLines } from "./csv.ts";

/** One register. */
export interface GridColumn {
  readonly date: DateText;
  /** Slot and subject, as the file names them; empty if it has neither. */
  readonly about: string;
}

export interface GridRow {
  readonly admission_number: string;
  readonly name: string;
  /** Whose record this is a double of; empty if of nobody's. */
  readonly merged_into: string;
  /** One for each column: what counts; null: not in the class then. */
  readonly cells: readonly (EntryStatus | null)[];
}

export interface RegisterGrid {
  readonly columns: readonly GridColumn[];
  readonly rows: readonly GridRow[];
}

/** What stands before the registers has no day in its heading. */
const DAY = /^\d{4}-\d{2}-\d{2}/;
const LETTERS: Readonly<Record<string, EntryStatus>> = { P: "present", A: "absent", L: "late", E: "excused", "–": "unmarked" };
const made = new Map<string, RegisterGrid>();
/** How many files are kept read. */
const MOST_MADE = 2;

/** The grid of a file; the same for the same text. */
export function gridOf(text: string): RegisterGrid {
  const known = made.get(text);
  if (known !== undefined) return known;
  const [head = [], ...lines] = csvLines(text);
  const fixed = head.filter((heading) => !DAY.test(heading));
  const columns = head.slice(fixed.length).map((heading) => ({ date: heading.slice(0, 10), about: heading.slice(11) }));
  const rows = lines.map((cells) => ({
    admission_number: cells[0] ?? "",
    name: cells[1] ?? "",
    merged_into: cells[fixed.indexOf("merged_into")] ?? "",
    cells: columns.map((_, index) => LETTERS[cells[fixed.length + index] ?? ""] ?? null),
  }));
  const grid = { columns, rows };
  const [oldest] = made.keys();
  if (made.size >= MOST_MADE && oldest !== undefined) made.delete(oldest);
  made.set(text, grid);
  return grid;
}

/** The grid in parts of at most `most` registers, none of which has the registers of a day in two of them if that can be. */
export function sheetsOf({ columns, rows }: RegisterGrid, most: number): readonly RegisterGrid[] {
  const sheets: RegisterGrid[] = [];
  let begin = 0;
  while (begin < columns.length) {
    const end = endOfSheet(columns, begin, most);
    const [from, to] = [begin, end];
    sheets.push({ columns: columns.slice(from, to), rows: rows.map((row) => ({ ...row, cells: row.cells.slice(from, to) })) });
    begin = end;
  }
  return sheets;
}

function endOfSheet(columns: readonly GridColumn[], begin: number, most: number): number {
  const full = begin + most;
  if (full >= columns.length) return columns.length;
  let end = full;
  while (end > begin && columns[end - 1]?.date === columns[full]?.date) end -= 1;
  return end === begin ? full : end;
}
