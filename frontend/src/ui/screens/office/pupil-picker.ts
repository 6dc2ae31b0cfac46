/** Finding one student by name or number. */
import { html, nothing, type TemplateResult } from "lit-html";
import { classesOn, findPupils, type Pupil } from "../../../office/school.ts";
import { crossIcon } from "../../parts/icons.ts";
import type { Office } from "./context.ts";

const MOST_SHOWN = 8;

/** Either the student that was chosen, with a way to choose another, or a field with those who fit what is typed. */
export function pupilPicker(office: Office, chosen: string | null, choose: (student_id: string | null) => void): TemplateResult {
  const { w, school, desk } = office;
  const pupil = chosen === null ? undefined : school.pupils.get(chosen);
  if (chosen !== null) {
    return html`<div class="grid gap-1" role="group" aria-label=${w("pupil")}>
      <span class="font-semibold">${w("pupil")}</span>
      <span class="field flex items-center justify-between gap-2 p-0">
        <span class="px-3"><bdi>${pupil?.name ?? w("pupil.unknown")}</bdi></span>
        <button type="button" class="button button-plain" aria-label=${w("pupil.other")} title=${w("pupil.other")} @click=${() => choose(null)}>${crossIcon}</button>
      </span>
    </div>`;
  }
  const found = findPupils(school, desk.typed, MOST_SHOWN);
  const pick = (student_id: string): void => {
    desk.typed = "";
    choose(student_id);
  };
  return html`<div class="grid gap-1">
    <label class="grid gap-1">
      <span class="font-semibold">${w("pupil")}</span>
      <input class="field" type="search" dir="auto" autocomplete="off" placeholder=${w("pupil.search")} .value=${desk.typed}
        @input=${(event: Event) => desk.change({ typed: (event.target as HTMLInputElement).value })} />
    </label>
    ${desk.typed.trim() === "" ? nothing : html`<ul class="card divide-y divide-line" aria-label=${w("pupil.found")}>
      ${found.length === 0 ? html`<li class="p-3 text-soft" role="status">${w("pupil.none")}</li>` : found.map((one) => html`<li>${line(office, one, pick)}</li>`)}
    </ul>`}
  </div>`;
}

function line(office: Office, pupil: Pupil, pick: (student_id: string) => void): TemplateResult {
  return html`<button type="button" class="button button-plain w-full justify-start" @click=${() => pick(pupil.id)}>
    <span class="text-start"><bdi>${pupil.name}</bdi> <span class="text-sm text-soft numbers">${about(office, pupil)}</span></span>
  </button>`;
}

/** Number and classes of today. */
export function about({ view }: Office, pupil: Pupil): string {
  return [pupil.admission_number, classesOn(pupil, view.state.today ?? "")].filter(Boolean).join(" · ");
}
