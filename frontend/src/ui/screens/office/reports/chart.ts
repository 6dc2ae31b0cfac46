/** The line of a report over its periods. Every value of it stands in the table below. */
import { html, nothing, svg, type TemplateResult } from "lit-html";
import { chartOf } from "../../../../office/chart.ts";
import { textIn, type ReportBody } from "../../../../office/report.ts";
import type { Shown } from "../../../view.ts";
import type { Office } from "../context.ts";
import { inPercent } from "./columns.ts";

/** The chart of a share over rows that begin with `period_start`; nothing for a single period. */
export function rateChart({ w, format }: Office, all: readonly ReportBody[], field: string): Shown {
  // Weeks before the first mark and after the last would only push the line aside.
  const has_value = (row: ReportBody): boolean => textIn(row, field) !== null;
  const rows = all.slice(all.findIndex(has_value), all.findLastIndex(has_value) + 1);
  if (rows.length < 2) return nothing;
  const values = rows.map((row) => {
    const percent = textIn(row, field);
    return percent === null ? null : Number(percent);
  });
  const known = values.filter((value) => value !== null);
  const { lines, floor } = chartOf(values);
  const percent = (value: number): string => inPercent(w.language, value.toFixed(2));
  const day = (row: ReportBody | undefined): string => format.day(textIn(row ?? {}, "period_start") ?? "1970-01-01");
  const label = w("chart.label", { from: day(rows[0]), to: day(rows.at(-1)), least: percent(Math.min(...known)), most: percent(Math.max(...known)) });
  return html`<figure class="chart card p-3">
    <div class="chart-field" dir="ltr">
      <span class="chart-top text-sm text-soft numbers">${percent(100)}</span>
      <svg viewBox="-1 -2 102 104" preserveAspectRatio="none" role="img" aria-label=${label}>
        <path class="chart-frame" d="M0 0H100M0 50H100M0 100H100" />
        ${lines.map((line) => drawn(line))}
      </svg>
      <span class="chart-floor text-sm text-soft numbers">${percent(floor)}</span>
    </div>
    <figcaption class="text-sm text-soft numbers">${label}</figcaption>
  </figure>`;
}

function drawn(line: readonly { readonly x: number; readonly y: number }[]): TemplateResult {
  const at = ({ x, y }: { readonly x: number; readonly y: number }): string => `${x.toFixed(2)} ${y.toFixed(2)}`;
  const [first] = line;
  // A single point would draw nothing: a dot of no length is round at its ends.
  if (line.length === 1 && first) return svg`<path class="chart-line chart-point" d=${`M${at(first)}h0`} />`;
  return svg`<path class="chart-line" d=${`M${line.map(at).join("L")}`} />`;
}
