/** The slider over the moments of a register, and the register as it stood at one of them. */
import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { officeRegister } from "../../../../office/register.ts";
import { momentIndex, type StoodRegister } from "../../../../office/register_history.ts";
import { STATUSES, statusPill } from "../../../parts/statuses.ts";
import type { Shown } from "../../../view.ts";
import type { Office } from "../context.ts";
import { loaded } from "../loaded.ts";
import { entryLine, registerWords } from "../registers/opened.ts";
import { momentWords, moveSlider, readMoment, shownMoment } from "./moments.ts";

/** The section. `now` is the register by what is known now. */
export function stood(office: Office, now_path: string, now: StoodRegister): TemplateResult {
  const { w } = office;
  const shown = now.moments[momentIndex(now.moments, shownMoment(office))] ?? now.recorded_at;
  const { path, reading } = readMoment(office, now_path, now, shown);
  return html`<section class="grid grid-cols-1 gap-3" aria-labelledby="stood">
    <h2 id="stood">${w("replay.stood")}</h2>
    ${slider(office, now)}
    <p class="banner banner-calm" role="status" data-stood=${shown}><span>${w("replay.note", { at: momentWords(office, shown) })} <span class="block text-sm">${w("replay.note.names")}</span></span></p>
    ${loaded(office, path, reading, (register) => standing(office, register))}
  </section>`;
}

function slider(office: Office, { moments }: StoodRegister): Shown {
  const { w, desk } = office;
  if (moments.length < 2) return nothing;
  const index = momentIndex(moments, desk.slider ?? shownMoment(office));
  const words = w("replay.moment.of", { at: momentWords(office, moments[index] ?? ""), number: index + 1, count: moments.length });
  const move = (event: Event): void => {
    const at = moments[Number((event.target as HTMLInputElement).value)];
    if (at !== undefined) moveSlider(office, moments, at);
  };
  return html`<div class="grid gap-1">
    <label class="font-semibold" for="moment">${w("replay.moment")}</label>
    <input id="moment" class="slider" type="range" min="0" max=${moments.length - 1} step="1" .value=${String(index)} aria-valuetext=${words} @input=${move} />
    <p class="numbers" aria-hidden="true">${words}</p>
  </div>`;
}

function standing(office: Office, stood_register: StoodRegister): TemplateResult {
  const { t, w, me } = office;
  const register = officeRegister(stood_register, [], 0, me);
  return html`<p>${registerWords(office, register)}</p>
    <ul class="flex flex-wrap gap-2" aria-label=${w("replay.counts")}>
      ${[...STATUSES, "unmarked" as const].map((status) => html`<li data-count=${status}>${statusPill(t, status)} <span class="numbers">${stood_register.counts[status]}</span></li>`)}
    </ul>
    <ul class="card divide-y divide-line" aria-label=${w("registers.entries")}>
      ${repeat(register.entries, (entry) => entry.student_id, (entry) => html`<li class="office-entry p-3" data-student=${entry.student_id}>${entryLine(office, register, entry)}</li>`)}
    </ul>`;
}
