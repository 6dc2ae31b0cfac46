/** What is known of a roster file before it is sent, and what of its errors is kept as a file. */

/** How many of one kind the files state, and how many of them are new, say something else now, or are over. */
interface RowChanges {
  readonly stated: number;
  readonly added: number;
  readonly changed: number;
  readonly ended: number;
}

/** What an import changed, or would change. */
interface ImportCounts {
  readonly settings: RowChanges;
  readonly classes: RowChanges;
  readonly students: RowChanges;
  readonly teachers: RowChanges;
  readonly enrolments: { readonly enrolled: number; readonly withdrawn: number; readonly redated: number; readonly teaching: number };
}

/** One thing that is wrong; the row as a spreadsheet counts it, none if it concerns the whole file. */
interface ImportError {
  readonly file: string;
  readonly row?: number | null;
  readonly column?: string | null;
  readonly message: string;
}

/** What the server says of a file. */
export interface ImportAnswer {
  /** Nothing was kept. */
  readonly preview: boolean;
  /** `imported`, `unchanged` or `refused`. */
  readonly outcome: string;
  readonly counts: ImportCounts;
  readonly events: number;
  /** The first of them. */
  readonly errors: readonly ImportError[];
  readonly errors_total: number;
  readonly warnings: readonly { readonly kind: string; readonly count: number; readonly message: string }[];
}

/** Imports that were made or refused, the newest first. */
export interface ImportPage {
  readonly items: readonly {
    readonly at: string;
    readonly by?: { readonly id: string; readonly name: string } | null;
    readonly file?: { readonly name?: string | null } | null;
    readonly outcome: string;
    readonly events: number;
    readonly errors: number;
  }[];
  readonly next_cursor?: string | null;
}

/** The server takes no larger file. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Why a file need not be sent at all; null: nothing is known against it. */
export function whyNot(file: { readonly name: string; readonly size: number }): "not_zip" | "too_large" | null {
  if (!file.name.toLowerCase().endsWith(".zip")) return "not_zip";
  return file.size > MOST_BYTES ? "too_large" : null;
}

export function isImportAnswer(body: unknown): body is ImportAnswer {
  if (typeof body !== "object" || body === null) return false;
  return "outcome" in body && typeof body.outcome === "string" && "counts" in body && typeof body.counts === "object" && "errors" in body && Array.isArray(body.errors) && "warnings" in body && Array.isArray(body.warnings);
}

/** Errors as CSV that a spreadsheet opens: RFC 4180, and no cell is a formula. */
export function errorsAsCsv(errors: readonly ImportError[]): string {
  const rows = errors.map(({ file, row, column, message }) => [file, row == null ? "" : String(row), column ?? "", message]);
  const lines = [["file", "row", "column", "message"], ...rows].map((cells) => cells.map(cell).join(","));
  // The mark by which spreadsheets know UTF-8.
  return `\uFEFF${lines.join("\r\n")}\r\n`;
}

function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
