/** The parts of reports that are shown. What a report does not have it does not show; nothing is reckoned here. Pure. */

/** Any report: numbers, words and lists by the names that the API gives them. */
export type ReportBody = Readonly<Record<string, unknown>>;

/** The rows of a list of the report; none if it has no such list. */
export function listIn(body: ReportBody, name: string): readonly ReportBody[] {
  const list = body[name];
  return Array.isArray(list) ? list.filter((row): row is ReportBody => typeof row === "object" && row !== null) : [];
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

/** The name of a person of a row: `{id, name}`. */
export function nameIn(row: ReportBody, name: string): string | null {
  const value = row[name];
  return typeof value === "object" && value !== null && "name" in value && typeof value.name === "string" ? value.name : null;
}
