/** The desk at the entrance: a child who comes late is found or scanned, and every closed register that they missed the beginning of says so. */
import { html, nothing, type TemplateResult } from "lit-html";
import { findPupils, type Pupil } from "../../../../office/school.ts";
import { scanned } from "../../../../office/arrivals.ts";
import { empty } from "../../../parts/empty.ts";
import { screen } from "../../../parts/screen.ts";
import type { Shown } from "../../../view.ts";
import type { Office } from "../context.ts";
import { doneBar } from "../done.ts";
import { about } from "../pupil-picker.ts";
import { atTheDesk, nowAt } from "./at-the-desk.ts";
import { recorded } from "./recorded.ts";

const MOST_SHOWN = 8;

/** The screen. */
export function arrivalsScreen(office: Office): TemplateResult {
  const { view, t, w, may_write, desk } = office;
  const { today } = view.state;
  const body = (): Shown => {
    if (!may_write) return empty(w("look_only"), w("look_only.how"));
    if (today === null) return empty(t("today.unfetched"), t("today.unfetched.how"));
    return html`${desk.arrival === null ? finding(office) : atTheDesk(office, desk.arrival, today)} ${recorded(office, today)}`;
  };
  return screen(view, {
    title: t("nav.arrivals"),
    body: html`<p class="text-soft">${w("arrivals.about")}</p> ${body()}`,
    footer: doneBar(office),
  });
}

/** A scanner types the number and presses Enter; a person types some letters and chooses. */
function finding(office: Office): TemplateResult {
  const { w, desk, school } = office;
  const found = findPupils(school, desk.typed, MOST_SHOWN);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    // What a scanner typed may not have been drawn yet.
    const typed = String(new FormData(event.target as HTMLFormElement).get("who") ?? "");
    const whole = scanned(school, typed);
    const [first, ...others] = findPupils(school, typed, MOST_SHOWN);
    if (whole !== null) choose(office, whole, true);
    else if (first !== undefined && others.length === 0) choose(office, first, false);
    else desk.change({ typed });
  };
  return html`<form class="form grid gap-1" @submit=${submit}>
    <label class="grid gap-1">
      <span class="font-semibold">${w("arrivals.who")}</span>
      <input class="field" type="search" name="who" dir="auto" autocomplete="off" enterkeyhint="go" placeholder=${w("pupil.search")} .value=${desk.typed}
        @input=${(event: Event) => desk.change({ typed: (event.target as HTMLInputElement).value })} />
    </label>
    ${desk.typed.trim() === "" ? nothing : html`<ul class="card divide-y divide-line" aria-label=${w("pupil.found")}>
      ${found.length === 0 ? html`<li class="p-3 text-soft" role="status">${w("pupil.none")}</li>` : found.map((one) => html`<li>${line(office, one)}</li>`)}
    </ul>`}
    <label class="tick-line">
      <input type="checkbox" class="tick" name="at_once" .checked=${desk.at_once} @change=${(event: Event) => desk.change({ at_once: (event.target as HTMLInputElement).checked })} />
      <span>${w("arrivals.at_once")}<span class="block text-sm text-soft">${w("arrivals.at_once.how")}</span></span>
    </label>
  </form>`;
}

function line(office: Office, pupil: Pupil): TemplateResult {
  return html`<button type="button" class="button button-plain w-full justify-start" @click=${() => choose(office, pupil, false)}>
    <span class="text-start"><bdi>${pupil.name}</bdi> <span class="text-sm text-soft numbers">${about(office, pupil)}</span></span>
  </button>`;
}

function choose(office: Office, { id }: Pupil, was_scanned: boolean): void {
  const { desk } = office;
  desk.change({ typed: "", arrival: { student_id: id, at: nowAt(office), is_scanned: was_scanned && desk.at_once } });
}
