/** A report as a table. It scrolls by itself where it is wider than the screen, and prints whole. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { ReportBody } from "../../../../office/report.ts";
import type { Office } from "../context.ts";
import type { OfficeKey } from "../words.ts";
import type { Column, Report } from "./kinds.ts";

/** The rows, and below them what they come to, if the report says. */
export function reportTable(office: Office, report: Report, rows: readonly ReportBody[], total: ReportBody | null): TemplateResult {
  const { w } = office;
  const title = w(`report.${report.id}`);
  const columns = report.columns.filter(({ needs }) => needs === undefined || Boolean(office.route.query[needs]));
  return html`<div class="table-frame card" role="region" aria-label=${title} tabindex="0">
    <table class="table numbers">
      <caption class="sr-only">${title}</caption>
      <thead>
        <tr>${columns.map((column) => html`<th scope="col" class=${column.align}>${w(`column.${column.name}` as OfficeKey)}</th>`)}</tr>
      </thead>
      <tbody>${rows.map((row) => html`<tr>${columns.map((column, index) => cell(office, column, row, index === 0))}</tr>`)}</tbody>
      ${total === null ? nothing : html`<tfoot><tr>${columns.map((column, index) =>
        index === 0 ? html`<th scope="row" class="start">${w("report.total")}</th>` : html`<td class=${column.align}>${column.show(office, total)}</td>`)}</tr></tfoot>`}
    </table>
  </div>`;
}

function cell(office: Office, column: Column, row: ReportBody, is_first: boolean): TemplateResult {
  const words = column.show(office, row);
  return is_first ? html`<th scope="row" class=${column.align}>${words}</th>` : html`<td class=${column.align}>${words}</td>`;
}
