/** The versions of a policy or calendar, newest first: from when, by whom, and which is in force. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { components } from "../../../../api/command-api.d.ts";
import type { Office } from "../context.ts";

/** What Muster begins with is valid from the first day that there is. */
const ALWAYS = "0001-01-01";

/** The list, folded away. */
export function versions({ w, format, view }: Office, all: readonly components["schemas"]["Version"][], in_force: number): TemplateResult {
  return html`<details class="card p-3">
    <summary class="min-h-11 flex items-center font-semibold">${w("version.all", { count: all.length })}</summary>
    <ul class="divide-y divide-line">
      ${all.map((one) => html`<li class="py-2 numbers">
        <span class="font-semibold">${w("version", { version: String(one.version) })}</span>
        ${one.valid_from === ALWAYS ? w("version.always") : w("version.from", { from: format.longDay(one.valid_from) })}
        ${one.version === in_force ? html`<span class="pill pill-present">${w("version.in_force")}</span>` : nothing}
        <span class="block text-sm text-soft">${one.set_by && one.set_at ? w("version.by", { name: one.set_by.name ?? "", at: format.moment(one.set_at, view.state.today) }) : w("version.default")}</span>
      </li>`)}
    </ul>
  </details>`;
}
