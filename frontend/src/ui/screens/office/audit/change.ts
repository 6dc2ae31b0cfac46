/** From what to what something changed. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { Standing } from "../../../../office/register_history.ts";
import { statusPill } from "../../../parts/statuses.ts";
import type { Shown } from "../../../view.ts";
import type { Office } from "../context.ts";

/** Old and new. The arrow points along the line of reading; whoever hears the page hears a word. */
export function change({ w }: Office, before: Shown | string, after: Shown | string): TemplateResult {
  return html`<span class="flex flex-wrap items-center gap-2">
    <span>${before}</span> <span class="icon-turns inline-block" aria-hidden="true">→</span><span class="sr-only">${w("replay.then")}</span> <span>${after}</span>
  </span>`;
}

/** What was said of a student; `nothing_words` if nothing was. */
export function standingWords({ t, w }: Office, standing: Standing | null, nothing_words: string): Shown {
  if (standing === null) return html`<span class="text-soft">${nothing_words}</span>`;
  const { status, counts_as, minutes_late, remarks } = standing;
  return html`${statusPill(t, status)}
    ${minutes_late === null ? nothing : html`<span class="text-sm numbers">${w("minutes", { count: minutes_late })}</span>`}
    ${counts_as === status ? nothing : html`<span class="text-sm">${w("registers.counts_as")}</span> ${statusPill(t, counts_as)}`}
    ${remarks === null ? nothing : html`<span class="text-sm"><bdi>${remarks}</bdi></span>`}`;
}
