/** Reports: which there are, and the one of the address with its filters, its table and its file. */
import { html, nothing, type TemplateResult } from "lit-html";
import { isRecord } from "../../../../office/shapes.ts";
import type { ReportBody } from "../../../../office/report.ts";
import { empty } from "../../../parts/empty.ts";
import { screen } from "../../../parts/screen.ts";
import type { Shown } from "../../../view.ts";
import { officeAddress, pathOf, read, type Office } from "../context.ts";
import { downloadButton } from "../download.ts";
import { doneBar } from "../done.ts";
import { loaded, moreButton } from "../loaded.ts";
import { rateBars } from "./bars.ts";
import { rateChart } from "./chart.ts";
import { reportFilters, valuesOf } from "./filters.ts";
import { gridScreen, reportGrid } from "./grid.ts";
import { REPORTS, type Report } from "./kinds.ts";
import { SIGN_OFFS, signOffsScreen } from "./sign-offs.ts";
import { reportTable } from "./table.ts";

/** The list of reports, or one. */
export function reportsScreen(office: Office): TemplateResult {
  const { view, t, w, route } = office;
  if (route.id === SIGN_OFFS) return signOffsScreen(office);
  const report = REPORTS.find(({ id }) => id === route.id);
  const of_class = REPORTS.find(({ drawn }) => drawn === "grid");
  if (route.id === "register-grid" && of_class !== undefined) return gridScreen(office, of_class);
  if (report === undefined) return screen(view, { title: t("nav.reports"), body: choices(office) });
  return screen(view, {
    title: w(`report.${report.id}`),
    body: html`<a class="link no-print" href=${officeAddress("reports")}>${w("report.back")}</a>
      <p class="text-soft">${w(`report.${report.id}.about`)}</p>
      ${reportFilters(office, report)} ${content(office, report)}`,
    footer: doneBar(office),
  });
}

function choices(office: Office): TemplateResult {
  const { w } = office;
  const names = [...REPORTS.map(({ id }) => id), SIGN_OFFS] as const;
  return html`<ul class="grid gap-2 cards">
    ${names.map((id) => html`<li><a class="card register-card grid gap-1 p-3" href=${officeAddress("reports", id)}>
      <span class="font-semibold">${w(`report.${id}`)}</span> <span class="text-sm text-soft">${w(`report.${id}.about`)}</span>
    </a></li>`)}
  </ul>`;
}

function content(office: Office, report: Report): Shown {
  const { w } = office;
  const values = valuesOf(office, report);
  if (values === null) return empty(w("report.choose"), w("report.choose.how"));
  const path = pathOf(`/reports/${report.id}`, values);
  const reading = read<ReportBody>(office, path, isReport, true);
  return html`${loaded(office, path, reading, (body) => html`${shownRows(office, report, body)} ${moreButton(office, path, reading)} ${footnote(office, body)}`)}
    ${report.drawn === "grid" ? reportGrid(office, fileValues(values)) : nothing}
    <div class="flex flex-wrap gap-2 no-print">
      ${downloadButton(office, path)} ${report.files.map((file) => downloadButton(office, pathOf(file.path, fileValues(values)), file.word))}
      <button type="button" class="button" @click=${() => print()}>${w("report.print")}</button>
    </div>`;
}

/** Files come whole, for days alone. */
function fileValues({ class_id = null, from = null, to = null }: Readonly<Record<string, string | null>>): Readonly<Record<string, string | null>> {
  return { class_id, from, to };
}

function isReport(body: unknown): body is ReportBody {
  return isRecord(body);
}

function shownRows(office: Office, report: Report, body: ReportBody): Shown {
  const rows = report.rows(body);
  const facts = report.facts.map(({ word, column }) => html`<div><dt>${office.w(word)}</dt><dd class="numbers">${column.show(office, body)}</dd></div>`);
  return html`${facts.length === 0 ? nothing : html`<dl class="record">${facts}</dl>`}
    ${rows.length === 0
      ? empty(office.w("report.empty"), office.w("report.empty.how"))
      : html`${drawn(office, report, rows)} ${reportTable(office, report, rows, report.total(body))}`}`;
}

function drawn(office: Office, { drawn }: Report, rows: readonly ReportBody[]): Shown {
  // The line of one group would run on into the next.
  if (drawn === "line" && office.route.query["group"]) return nothing;
  if (drawn === "line") return rateChart(office, rows, "attendance_rate");
  return drawn === "bars" ? rateBars(office, rows, "attendance_rate") : nothing;
}

/** By which rules it was reckoned. */
function footnote({ w }: Office, { policy_version }: ReportBody): Shown {
  return typeof policy_version === "number" ? html`<p class="text-sm text-soft numbers">${w("report.policy", { version: String(policy_version) })}</p>` : nothing;
}
