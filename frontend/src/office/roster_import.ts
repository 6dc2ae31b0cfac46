/** What is known of a roster file before it is sent, and what of its errors is kept as a file. */

import type { components } from "../api/command-api.d.ts";

type ImportError = components["schemas"]["ImportError"];

/** What the server says of a file. */
export type ImportAnswer = components["schemas"]["ImportAnswer"];

/** Imports that were made or refused, the newest first. */
export type ImportPage = components["schemas"]["ImportPage"];

/** How the files' end dates are meant: the first day after, as the standard says, or the last day. */
export type EndDates = "exclusive" | "inclusive";

/** A file that was chosen, and what the server said about it. */
export interface ChosenFile {
  readonly name: string;
  /** What stands in it, read once: what is imported is what was looked at, whatever becomes of the file. Null: it is not sent. */
  readonly content: Blob | null;
  /** Why it is not sent. */
  readonly wrong: "not-zip" | "too-large" | "unreadable" | null;
  readonly answer: ImportAnswer | null;
}

/** The server takes no larger file. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Reads a file that was chosen. */
export async function readChosen(file: File): Promise<ChosenFile> {
  const { name } = file;
  const wrong = whyNot(file);
  if (wrong !== null) return { name, content: null, wrong, answer: null };
  try {
    // Some systems know no type of the file.
    return { name, content: new Blob([await file.arrayBuffer()], { type: "application/zip" }), wrong, answer: null };
  } catch (error) {
    console.error(error);
    return { name, content: null, wrong: "unreadable", answer: null };
  }
}

/** Why a file need not be sent at all; null: nothing is known against it. */
export function whyNot(file: { readonly name: string; readonly size: number }): "not-zip" | "too-large" | null {
  if (!file.name.toLowerCase().endsWith(".zip")) return "not-zip";
  return file.size > MOST_BYTES ? "too-large" : null;
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
