/** A bar for each class: how long it is says its share, and the number stands beside it. */
import { html, nothing, svg } from "lit-html";
import { textIn, type ReportBody } from "../../../../office/report.ts";
import type { Shown } from "../../../view.ts";
import type { Office } from "../context.ts";
import { inPercent } from "./columns.ts";

/** The bars of the rows in their order; nothing where there are not two to compare. */
export function rateBars({ w }: Office, rows: readonly ReportBody[], field: string): Shown {
  if (rows.length < 2) return nothing;
  return html`<section class="card" aria-labelledby="bars">
    <h2 id="bars">${w("chart.bars")}</h2>
    <ul class="bars">${rows.map((row) => {
      const percent = textIn(row, field);
      return html`<li>
        <bdi>${textIn(row, "title") ?? textIn(row, "class_title") ?? ""}</bdi>
        <svg class="icon-turns" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
          <rect class="bar-field" width="100" height="10" />${percent === null ? nothing : svg`<rect class="bar" width=${percent} height="10" />`}
        </svg>
        <span class="numbers">${percent === null ? "–" : inPercent(w.language, percent)}</span>
      </li>`;
    })}</ul>
  </section>`;
}
