/** Which reports there are: where each comes from, what it is asked with, and its columns. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { Language } from "../../../../model.ts";
import { listIn, numberIn, textIn, type ReportBody } from "../../../../office/report.ts";
import { officeAddress, type Office } from "../context.ts";

/** The parameters of the API that a report may be asked with. */
export type Filter = "class_id" | "date" | "from" | "to" | "term_id" | "student_id" | "by" | "days";

/** One column of a report's table. */
export interface Column {
  readonly name: string;
  readonly align: "start" | "end";
  show(office: Office, row: ReportBody): TemplateResult | string | typeof nothing;
}

export interface Report {
  readonly id: "class-summary";
  readonly path: string;
  /** Where its file comes from; null: it has none. */
  readonly csv: string | null;
  readonly filters: readonly Filter[];
  /** Without these it cannot be asked. */
  readonly needs: readonly Filter[];
  readonly always?: Readonly<Record<string, string>>;
  readonly columns: readonly Column[];
  rows(body: ReportBody): readonly ReportBody[];
  /** What the rows come to; null: the report does not say. */
  total(body: ReportBody): ReportBody | null;
}

/** A number with the number it is of: 28 of 34. */
function share(name: string, of: string): Column {
  return {
    name, align: "end",
    show: ({ w, format }, row) => {
      const [part, whole] = [numberIn(row, name), numberIn(row, of)];
      return part === null ? "–" : whole === null ? format.number(part) : w("report.of", { part: format.number(part), whole: format.number(whole) });
    },
  };
}

/** A share in percent, as the server reckoned it. */
function rate(name: string): Column {
  return { name, align: "end", show: ({ w }, row) => {
    const percent = textIn(row, name);
    return percent === null ? w("report.no_rate") : inPercent(w.language, percent);
  } };
}

const STATUSES = ["present", "late", "absent", "excused"].map((name) => share(name, "marked"));
const COUNTS: readonly Column[] = [share("marked", "roster"), ...STATUSES, rate("attendance_rate"), rate("present_rate")];

const klass: Column = { name: "class", align: "start", show: ({ school, format }, row) => {
  const id = textIn(row, "class_id") ?? "";
  const title = textIn(row, "class_title") ?? school.classes.find((one) => one.id === id)?.title ?? "";
  const date = textIn(row, "date");
  const link = officeAddress("registers", null, { class: id, date });
  return html`<a class="link" href=${link}><bdi>${title}</bdi></a>${date === null ? nothing : html` <span class="text-sm text-soft">${format.day(date)}</span>`}`;
} };

/** All of them, in the order of the list. */
export const REPORTS: readonly Report[] = [
  {
    id: "class-summary", path: "/reports/class-summary", csv: "/reports/class-summary", filters: ["class_id", "date"], needs: ["class_id"],
    columns: [klass, ...COUNTS],
    rows: (body) => [body],
    total: () => null,
  },
];

/** Reports that list something have it under `items`. */
const percents = new Map<Language, Intl.NumberFormat>();

/** The server's decimal string, as the language writes it. */
function inPercent(language: Language, percent: string): string {
  const known = percents.get(language);
  const format = known ?? new Intl.NumberFormat(language, { style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2 });
  percents.set(language, format);
  return format.format(Number(percent) / 100);
}

export function items(body: ReportBody): readonly ReportBody[] {
  return listIn(body, "items");
}
