/** What was read, with how old it is; before that a sign of waiting, or what went wrong. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { Reading } from "../../../office/readings.ts";
import { problemWords } from "../../parts/problem.ts";
import type { Shown } from "../../view.ts";
import type { Office } from "./context.ts";

/** Draws the answer of a reading. What was read last stays in sight when it cannot be read anew, with its age. */
export function loaded<T>(office: Office, path: string, reading: Reading<T>, draw: (body: T) => Shown): TemplateResult {
  const { body, busy, problem } = reading;
  if (body === null && !problem) return html`<p aria-busy="true" class="text-soft">${office.w("reading")}</p>`;
  return html`${problem ? failed(office, path, reading) : nothing}
    ${body === null ? nothing : html`<div class="grid gap-3" data-reading=${busy ? "busy" : "done"}>${draw(body)}</div>`}`;
}

function failed({ t, w, format, view, desk }: Office, path: string, { problem, at, busy }: Reading<unknown>): TemplateResult {
  const offline = !view.state.online;
  return html`<div class="banner ${at === null ? "banner-bad" : "banner-warn"}" role="status">
    <p>
      ${offline ? w("reading.offline") : problem ? problemWords(t, problem) : nothing}
      ${at === null ? nothing : w("reading.as_of", { at: format.moment(at, view.state.today) })}
    </p>
    ${problem?.slug === "token-expired"
      ? html`<a class="button" href="#/sync">${t("sign_in.submit")}</a>`
      : html`<button type="button" class="button" ?disabled=${busy} @click=${() => desk.readings.again(path)}>${t("gate.again")}</button>`}
  </div>`;
}

/** The way to the next page of a list. */
export function moreButton({ w, desk }: Office, path: string, reading: Reading<{ readonly next_cursor?: string | null }>): Shown {
  if (reading.body?.next_cursor == null) return nothing;
  return html`<button type="button" class="button justify-self-start" ?disabled=${reading.busy} @click=${() => desk.readings.more(path)}>
    ${w("list.more")}
  </button>`;
}
