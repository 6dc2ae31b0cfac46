/** A class's registers as a grid: students by registers, a letter and a tint in each cell. On a screen, and on paper. */
import { html, nothing, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { gridOf, sheetsOf, type GridColumn, type RegisterGrid } from "../../../../office/register-grid.ts";
import { classTitle, lessonOf } from "../../../../office/school.ts";
import type { EntryStatus } from "../../../../model.ts";
import { empty } from "../../../parts/empty.ts";
import { lessonName } from "../../../parts/register-name.ts";
import { screen } from "../../../parts/screen.ts";
import { STATUSES, statusLetter, statusWord } from "../../../parts/statuses.ts";
import type { Shown } from "../../../view.ts";
import { officeAddress, pathOf, read, type Office } from "../context.ts";
import { loaded } from "../loaded.ts";
import { reportFilters, valuesOf } from "./filters.ts";
import type { Report } from "./kinds.ts";

/** As many registers as fit the width of a landscape A4 sheet beside the names. */
const MOST_ON_A_SHEET = 26;

type Days = Readonly<Record<string, string | null>>;

/** The grid below the report of a class. */
export function reportGrid(office: Office, days: Days): TemplateResult {
  const { w, t } = office;
  return html`<div class="grid gap-2">
    <h2>${w("grid.title")}</h2>
    ${withGrid(office, days, (grid) => html`
      <div class="table-frame card" role="region" aria-label=${w("grid.title")} tabindex="0">${guard([grid, t], () => table(office, grid, 0))}</div>
      ${legend(office)}`)}
    <a class="button justify-self-start no-print" href=${officeAddress("reports", "register-grid", days)}>${w("grid.print")}</a>
  </div>`;
}

/** The grid by itself, in sheets to be printed and signed. It is asked for like the report of a class. */
export function gridScreen(office: Office, report: Report): TemplateResult {
  const { view, w } = office;
  const values = valuesOf(office, report);
  return screen(view, {
    title: w("grid.print"),
    body: html`<a class="link no-print" href=${officeAddress("reports", report.id, values ?? {})}>${w("grid.back")}</a>
      ${reportFilters(office, report)}
      ${values === null
        ? empty(w("report.choose"), w("report.choose.how"))
        : withGrid(office, values, (grid) => html`<button type="button" class="button button-main justify-self-start no-print" @click=${() => print()}>${w("report.print")}</button>
            ${sheets(office, values, grid)}`)}`,
  });
}

function withGrid(office: Office, { class_id = null, from = null, to = null }: Days, draw: (grid: RegisterGrid) => Shown): Shown {
  const { w } = office;
  const path = pathOf("/exports/register.csv", { class_id, from, to });
  return loaded(office, path, read(office, path, isText, true), (text) => {
    const grid = gridOf(text);
    return grid.columns.length === 0 ? empty(w("grid.none"), w("grid.none.how")) : draw(grid);
  });
}

function isText(body: unknown): body is string {
  return typeof body === "string";
}

function sheets(office: Office, { class_id, from, to }: Days, grid: RegisterGrid): TemplateResult {
  const { w, school, format } = office;
  const all = sheetsOf(grid, MOST_ON_A_SHEET);
  let before = 0;
  return html`${all.map((sheet, index) => {
    const first = before;
    before += sheet.columns.length;
    const which = w("grid.sheet", { part: format.number(index + 1), whole: format.number(all.length) });
    return html`<div class="sheet grid gap-2">
      <h2><bdi>${school.roster.school.name}</bdi> · <bdi>${classTitle(school, class_id ?? "")}</bdi></h2>
      <p class="numbers">${w("cover.days", { from: format.longDay(from ?? sheet.columns[0]?.date ?? ""), to: format.longDay(to ?? sheet.columns.at(-1)?.date ?? "") })}
        · ${which}</p>
      <div class="table-frame card" role="region" aria-label=${which} tabindex="0">${table(office, sheet, first)}</div>
      ${legend(office)}
      <p class="signature"><span>${w("grid.signature")}</span><span>${w("grid.signed_on")}</span></p>
    </div>`;
  })}`;
}

function table(office: Office, { columns, rows }: RegisterGrid, first: number): TemplateResult {
  const { w } = office;
  return html`<table class="grid-table numbers" data-first=${first}>
    <caption class="sr-only">${w("grid.title")}</caption>
    <thead><tr>
      <th scope="col">${w("grid.number")}</th> <th scope="col" class="grid-name">${w("column.pupil")}</th>
      ${columns.map((column) => html`<th scope="col" class="grid-day"><span>${headingOf(office, column)}</span></th>`)}
    </tr></thead>
    <tbody>${rows.map(({ admission_number, name, merged_into, cells }) => html`<tr>
      <td>${admission_number}</td>
      <th scope="row" class="grid-name"><bdi>${name}</bdi>${merged_into ? html` <span class="text-sm text-soft">${w("merge.done", { name, into: merged_into })}</span>` : nothing}</th>
      ${cells.map((status) => (status === null ? html`<td></td>` : html`<td class="cell-${status}">${letterOf(office, status)}</td>`))}
    </tr>`)}</tbody>
  </table>`;
}

/** Day and part of it; what the school has no name for stands as the file has it. */
function headingOf({ format, school, t }: Office, { date, about }: GridColumn): string {
  const slot = school.roster.slots.find(({ id }) => about === id || about.startsWith(`${id} `));
  const rest = slot === undefined ? about : about.slice(slot.id.length + 1);
  const part = slot === undefined ? null : lessonName(t, lessonOf(school, { slot: slot.id }));
  return [format.day(date), part, rest].filter(Boolean).join(" · ");
}

function letterOf({ t }: Office, status: EntryStatus): string {
  return status === "unmarked" ? "–" : statusLetter(t, status);
}

function legend(office: Office): TemplateResult {
  const { t, w } = office;
  return html`<dl class="grid-legend text-sm" aria-label=${w("grid.legend")}>
    ${STATUSES.map((status) => html`<div><dt class="cell-${status}">${letterOf(office, status)}</dt> <dd>${statusWord(t, status)}</dd></div>`)}
    <div><dt>–</dt> <dd>${w("grid.nobody")}</dd></div> <div><dd>${w("grid.outside")}</dd></div>
  </dl>`;
}
