/** What is known of a roster file before it is sent, and what of its errors is kept as a file. */

import type { components } from "../api/command-api.d.ts";

type ImportError = components["schemas"]["ImportError"];

/** What the server says of a file. */
export type ImportAnswer = components["schemas"]["ImportAnswer"];

/** Imports that were made or refused, the newest first. */
export type ImportPage = components["schemas"]["ImportPage"];

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
