/** Sets how many minutes late a student came. Each step is kept at once, and as a step: quick taps add up. */
import { html, type TemplateResult } from "lit-html";
import { MOST_MINUTES_LATE, type RegisterRow } from "../../../model.ts";
import type { View } from "../../view.ts";
import { setMinutesLate } from "./marking.ts";

/** Less, the number, more. */
export function lateStepper(view: View, row: RegisterRow, open: boolean): TemplateResult {
  const { t } = view;
  const minutes = row.minutes_late;
  const by = (step: number) => () => view.run(view.actions.addMinutesLate(row.student_id, step));
  const typed = (event: Event): void => {
    const { valueAsNumber } = event.target as HTMLInputElement;
    setMinutesLate(view, row, Number.isNaN(valueAsNumber) ? null : valueAsNumber);
  };
  return html`<div class="flex items-center gap-1" role="group" aria-label=${t("late.of", { name: row.name })}>
    <button type="button" class="button" aria-label=${t("late.less")} ?disabled=${!open || !minutes} @click=${by(-1)}>−</button>
    <input
      class="field numbers late-minutes text-center"
      type="number"
      inputmode="numeric"
      min="0"
      max=${MOST_MINUTES_LATE}
      data-keep
      placeholder="–"
      ?disabled=${!open}
      aria-label=${t("late.minutes")}
      .value=${minutes === null ? "" : String(minutes)}
      @change=${typed}
    />
    <button type="button" class="button" aria-label=${t("late.more")} ?disabled=${!open || minutes === MOST_MINUTES_LATE} @click=${by(1)}>+</button>
    <span class="text-sm text-soft" aria-hidden="true">${t("late.minutes")}</span>
  </div>`;
}
