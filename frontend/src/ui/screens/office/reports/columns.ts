/** The columns of reports: names, numbers beside what they are of, shares as the server reckoned them. */
import { html, nothing } from "lit-html";
import type { Language } from "../../../../model.ts";
import { entryStatus } from "../../../../core/snapshot.ts";
import { isTrue, namesIn, numberIn, textIn } from "../../../../office/report.ts";
import { classTitle, slotTitle } from "../../../../office/school.ts";
import { statusPill } from "../../../parts/statuses.ts";
import { officeAddress, type Office } from "../context.ts";
import type { Column } from "./kinds.ts";

const STATUSES = ["present", "late", "absent", "excused"] as const;

/** Marked of the roster (if the report knows one), each status of the marked, and both rates. */
export function countColumns(roster: "roster" | null): readonly Column[] {
  const marked = roster === null ? number("marked") : share("marked", roster);
  return [marked, ...STATUSES.map((name) => share(name, "marked")), percentOf("attendance_rate"), percentOf("present_rate")];
}

/** A number with the number it is of: 28 of 34. */
function share(name: string, of: string): Column {
  return {
    name, align: "end",
    show: ({ w, format }, row) => {
      const [part, whole] = [numberIn(row, name), numberIn(row, of)];
      if (part === null) return "–";
      return whole === null ? format.number(part) : w("report.of", { part: format.number(part), whole: format.number(whole) });
    },
  };
}

/** A number as it is. */
export function number(name: string): Column {
  return { name, align: "end", show: ({ format }, row) => {
    const value = numberIn(row, name);
    return value === null ? "–" : format.number(value);
  } };
}

/** A share in percent, as the server reckoned it. */
export function percentOf(name: string): Column {
  return { name, align: "end", show: ({ w }, row) => {
    const percent = textIn(row, name);
    return percent === null ? "–" : inPercent(w.language, percent);
  } };
}

/** A word of the row as it stands, or the names of a list. */
export function text(name: string, field: string): Column {
  return { name, align: "start", show: (_office, row) => html`<bdi>${textIn(row, field) ?? (namesIn(row, field).join(", ") || "–")}</bdi>` };
}

/** What the row is of, if the report goes by class, grade or subject. */
export const ofGroup: Column = { ...text("of_group", "group_title"), needs: "group" };

/** A word of the API in the reader's language. */
export function words(name: string, field: string): Column {
  return { name, align: "start", show: ({ w, school }, row) => {
    const value = textIn(row, field);
    if (name === "chronic") return isTrue(row, field) ? w("report.chronic") : "";
    if (value === null) return name === "slot" ? "–" : "";
    return name === "slot" ? slotTitle(school.roster, value) : w.word(`${name}.${value}`) ?? value;
  } };
}

/** A status with its sign. */
export function mark(field: "status" | "effective_status"): Column {
  return { name: field, align: "start", show: ({ t }, row) => {
    const value = textIn(row, field);
    return value === null ? "" : statusPill(t, entryStatus(value));
  } };
}

/** A day. */
export function dateColumn(name: string): Column {
  return { name, align: "start", show: ({ format }, row) => {
    const date = textIn(row, name);
    return date === null ? "" : format.day(date);
  } };
}

/** The class, leading to its registers of the day. */
export const klass: Column = { name: "class", align: "start", show: (office, row) => {
  const id = textIn(row, "class_id") ?? "";
  const date = textIn(row, "date") ?? office.route.query["date"] ?? null;
  const title = textIn(row, "class_title") ?? textIn(row, "title") ?? classTitle(office.school, id);
  return html`<a class="link" href=${officeAddress("registers", null, { class: id, date })}><bdi>${title}</bdi></a>`;
} };

/** The student, leading to their own report. */
export const pupil: Column = { name: "pupil", align: "start", show: ({ school }: Office, row) => {
  const id = textIn(row, "student_id") ?? "";
  const number = textIn(row, "admission_number");
  return html`<a class="link" href=${officeAddress("reports", "student-rate", { student_id: id })}><bdi>${textIn(row, "name") ?? school.pupils.get(id)?.name ?? ""}</bdi></a>
    ${number === null ? nothing : html`<span class="text-sm text-soft">${number}</span>`}`;
} };

const percents = new Map<Language, Intl.NumberFormat>();

/** The server's decimal string, as the language writes it. */
export function inPercent(language: Language, percent: string): string {
  const known = percents.get(language);
  const format = known ?? new Intl.NumberFormat(language, { style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2 });
  percents.set(language, format);
  return format.format(Number(percent) / 100);
}
