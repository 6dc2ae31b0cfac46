/** Which reports there are: where each comes from, what it is asked with, and its columns. */
import { nothing, type TemplateResult } from "lit-html";
import { listIn, partIn, type ReportBody } from "../../../../office/report.ts";
import type { Office } from "../context.ts";
import type { OfficeKey } from "../words.ts";
import { countColumns, dateColumn, klass, mark, number, ofGroup, percentOf, pupil, text, words } from "./columns.ts";

/** The parameters of the API that a report may be asked with. */
export type Filter = "class_id" | "date" | "from" | "to" | "term_id" | "student_id" | "by" | "group" | "days";

/** One column of a report's table. */
export interface Column {
  readonly name: string;
  readonly align: "start" | "end";
  /** There only if the report is asked with this. */
  readonly needs?: Filter;
  show(office: Office, row: ReportBody): TemplateResult | string | typeof nothing;
}

export interface Report {
  readonly id: ReportName;
  readonly filters: readonly Filter[];
  /** Without these it cannot be asked. */
  readonly needs: readonly Filter[];
  /** Sent with every question; a list comes in pages. */
  readonly always: Readonly<Record<string, string>>;
  readonly columns: readonly Column[];
  rows(body: ReportBody): readonly ReportBody[];
  /** What the rows come to; null: the report does not say. */
  total(body: ReportBody): ReportBody | null;
  /** What is told beside the table: a word, and the number or share of the report's that it stands for. */
  readonly facts: readonly { readonly word: OfficeKey; readonly column: Column }[];
  /** What is drawn of the rows: attendance over periods, or by class; or of the class, a letter for each register. Null: nothing is. */
  readonly drawn: "line" | "bars" | "grid" | null;
  /** Further files of the same days. */
  readonly files: readonly { readonly path: string; readonly word: OfficeKey }[];
}

export type ReportName =
  | "day" | "class-summary" | "class-report" | "student-rate" | "absentees" | "late-arrivals" | "missing-registers" | "chronic-absence" | "consecutive-absences" | "trend";

const items = (body: ReportBody): readonly ReportBody[] => listIn(body, "items");
const LIST = { always: { limit: "200" }, rows: items, total: () => null, facts: [], drawn: null, files: [] } as const;
const WHOLE = { always: {}, facts: [], drawn: null, files: [] } as const;
const ENTRY = [pupil, klass, words("slot", "slot"), mark("status"), mark("effective_status")];

/** All of them, in the order of the list. */
export const REPORTS: readonly Report[] = [
  { ...WHOLE, id: "day", filters: ["date"], needs: ["date"], columns: [klass, ...countColumns("roster")], rows: (body) => listIn(body, "classes"), total: (body) => body, drawn: "bars", files: [] },
  { ...WHOLE, id: "class-summary", filters: ["class_id", "date"], needs: ["class_id"], columns: [klass, ...countColumns("roster")], rows: (body) => [body], total: () => null },
  {
    ...WHOLE, id: "class-report", filters: ["class_id", "from", "to"], needs: ["class_id"],
    columns: [pupil, ...countColumns("roster"), number("minutes_late")],
    rows: (body) => listIn(body, "students"), total: (body) => partIn(body, "totals"),
    facts: [{ word: "fact.registers", column: number("registers") }],
    drawn: "grid",
    files: [{ path: "/exports/register.csv", word: "export.register" }, { path: "/exports/records.csv", word: "export.records" }],
  },
  {
    ...WHOLE, id: "student-rate", filters: ["student_id", "from", "to"], needs: ["student_id"],
    columns: [text("subject", "title"), ...countColumns(null)],
    rows: (body) => listIn(body, "by_subject"), total: (body) => partIn(body, "sessions"),
    facts: [
      { word: "fact.absent_days", column: text("absent_days", "absent_days") },
      { word: "fact.enrolled_days", column: number("enrolled_days") },
      { word: "fact.untaken_days", column: number("untaken_days") },
    ],
  },
  { ...LIST, id: "absentees", filters: ["date", "class_id"], needs: ["date"], columns: ENTRY },
  { ...LIST, id: "late-arrivals", filters: ["date", "class_id"], needs: ["date"], columns: [pupil, klass, words("slot", "slot"), number("minutes_late")] },
  { ...LIST, id: "missing-registers", filters: ["date"], needs: ["date"], columns: [klass, words("slot", "slot"), words("missing", "state"), text("teachers", "teachers")] },
  {
    ...LIST, id: "chronic-absence", filters: ["term_id"], needs: [],
    columns: [pupil, text("classes", "classes"), text("absent_days", "absent_days"), number("enrolled_days"), percentOf("absence_rate"), words("tier", "tier"), words("chronic", "chronic")],
    facts: [
      { word: "fact.chronic_percent", column: number("chronic_percent") },
      { word: "fact.chronic_min_days", column: number("chronic_min_days") },
    ],
  },
  { ...LIST, id: "consecutive-absences", filters: ["days"], needs: [], columns: [pupil, number("days"), dateColumn("since"), dateColumn("until")] },
  { ...LIST, id: "trend", filters: ["from", "to", "by", "group"], needs: [], columns: [dateColumn("period_start"), ofGroup, number("registers"), ...countColumns(null)], drawn: "line", files: [{ path: "/exports/summary.csv", word: "export.summary" }] },
];
