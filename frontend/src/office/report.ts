/** The parts of reports that are shown. What a report does not have it does not show; nothing is reckoned here. Pure. */

/** Any report: numbers, words and lists by the names that the API gives them. */
export type ReportBody = Readonly<Record<string, unknown>>;

/** The rows of a list of the report; none if it has no such list. */
export function listIn(body: ReportBody, name: string): readonly ReportBody[] {
  const list = body[name];
  return Array.isArray(list) ? list.filter((row): row is ReportBody => typeof row === "object" && row !== null) : [];
}

/** A part of the report; null if it has none of that name. */
export function partIn(body: ReportBody, name: string): ReportBody | null {
  const part = body[name];
  return typeof part === "object" && part !== null && !Array.isArray(part) ? (part as ReportBody) : null;
}

/** A number of a row; null if it has none of that name. */
export function numberIn(row: ReportBody, name: string): number | null {
  const value = row[name];
  return typeof value === "number" ? value : null;
}

/** A word of a row; null if it has none of that name. */
export function textIn(row: ReportBody, name: string): string | null {
  const value = row[name];
  return typeof value === "string" ? value : null;
}

/** Whether something of a row holds. */
export function isTrue(row: ReportBody, name: string): boolean {
  return row[name] === true;
}

/** The names of a list of people or classes. */
export function namesIn(row: ReportBody, name: string): readonly string[] {
  return listIn(row, name).flatMap((one) => textIn(one, "name") ?? textIn(one, "title") ?? []);
}
