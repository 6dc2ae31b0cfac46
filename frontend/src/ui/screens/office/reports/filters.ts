/** What a report is asked with: kept in the address, begun with what is most often wanted. */
import { html, nothing, type TemplateResult } from "lit-html";
import { choiceField, dateField } from "../fields.ts";
import { refine, type Office } from "../context.ts";
import { pupilPicker } from "../pupil-picker.ts";
import type { Filter, Report } from "./kinds.ts";

/** The parameters of a report; null as long as something that it needs was not chosen. */
export function valuesOf(office: Office, report: Report): Readonly<Record<string, string | null>> | null {
  const values = Object.fromEntries(report.filters.map((filter) => [filter, valueOf(office, filter)] as const));
  return report.needs.some((filter) => !values[filter]) ? null : { ...values, ...report.always };
}

/** What was chosen, or what is meant as long as nothing was. */
function valueOf({ route, view, school }: Office, filter: Filter): string | null {
  const chosen = route.query[filter];
  if (chosen !== undefined) return chosen;
  const { today } = view.state;
  const term = today === null ? undefined : school.roster.terms.find(({ start, end }) => start <= today && today <= end) ?? school.roster.terms.at(-1);
  switch (filter) {
    case "date":
      return today;
    case "from":
      return term?.start ?? null;
    case "to":
      return term !== undefined && today !== null && term.end < today ? term.end : today;
    case "term_id":
      return term?.id ?? null;
    case "by":
      return "week";
    case "days":
      return "3";
    default:
      return null;
  }
}

/** The filters that the report has. */
export function reportFilters(office: Office, report: Report): TemplateResult {
  const { w } = office;
  return html`<div class="filters no-print" role="group" aria-label=${w("filter")}>${report.filters.map((filter) => field(office, report, filter))}</div>`;
}

function field(office: Office, report: Report, filter: Filter): TemplateResult | typeof nothing {
  const { w, school, view } = office;
  const value = valueOf(office, filter) ?? "";
  const change = (chosen: string): void => refine(office, { [filter]: chosen });
  switch (filter) {
    case "class_id": {
      const none = report.needs.includes("class_id") ? w("class.choose") : w("class.all");
      return choiceField(w("class"), filter, value, [["", none], ...school.classes.map(({ id, title }) => [id, title] as const)], change);
    }
    case "date":
      return dateField(w("day"), filter, value, change, { max: view.state.today ?? "" });
    case "from":
    case "to":
      return dateField(w(filter), filter, value, change);
    case "term_id":
      return choiceField(w("term"), filter, value, school.roster.terms.map(({ id, title }) => [id, title] as const), change);
    case "student_id":
      return pupilPicker(office, value === "" ? null : value, (id) => refine(office, { student_id: id }));
    case "by":
      return choiceField(w("by"), filter, value, (["day", "week", "term"] as const).map((one) => [one, w(`by.${one}`)] as const), change);
    case "group":
      return choiceField(w("group"), filter, value, [["", w("group.none")], ...(["class", "grade", "subject"] as const).map((one) => [one, w(`group.${one}`)] as const)], change);
    case "days":
      return choiceField(w("days"), filter, value, ["2", "3", "5", "10"].map((days) => [days, office.format.number(Number(days))] as const), change);
  }
}
