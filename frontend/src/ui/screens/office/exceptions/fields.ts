/** What an excuse says, as fields: the same for a new one and for one that is changed. */
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { LONGEST_TEXT } from "../../../../model.ts";
import type { ExcuseText } from "../../../../core/office_command.ts";
import type { Office } from "../context.ts";
import { choiceField, dateField } from "../fields.ts";

const CATEGORIES = ["medical", "family", "excused", "suspension", "other"] as const;

/** The fields; `change` hears what was said anew. */
export function excuseFields(office: Office, text: ExcuseText, change: (part: Partial<ExcuseText>) => void): TemplateResult {
  const { t, w } = office;
  const { start_date, end_date } = text;
  return html`${choiceField(w("exception.category"), "category", text.category, CATEGORIES.map((category) => [category, t(`category.${category}`)]), (category) => change({ category }))}
    <div class="filters">
      ${dateField(w("exception.first_day"), "start_date", start_date, (value) => change({ start_date: value, ...(end_date < value ? { end_date: value } : {}) }), { required: true })}
      ${dateField(w("exception.last_day"), "end_date", end_date, (value) => change({ end_date: value }), { min: start_date, required: true })}
    </div>
    ${partsOfDay(office, text, change)}
    <label class="grid gap-1">
      <span class="font-semibold">${t("reason")}</span>
      <input class="field" name="reason" dir="auto" required pattern=".*\\S.*" maxlength=${LONGEST_TEXT} autocomplete="off" .value=${text.reason}
        @input=${(event: Event) => change({ reason: (event.target as HTMLInputElement).value })} />
    </label>`;
}

/** Whole days, or the parts that are ticked. A school without parts of the day has nothing to choose. */
function partsOfDay({ w, school }: Office, { slots }: ExcuseText, change: (part: Partial<ExcuseText>) => void): TemplateResult | typeof nothing {
  const all = school.roster.slots;
  if (all.length === 0) return nothing;
  const toggle = (id: string) => (event: Event): void => {
    const is_wanted = (event.target as HTMLInputElement).checked;
    const chosen = all.map((slot) => slot.id).filter((slot) => (slot === id ? is_wanted : slots === null || slots.includes(slot)));
    change({ slots: chosen.length === all.length || chosen.length === 0 ? null : chosen });
  };
  return html`<fieldset class="grid gap-1">
    <legend class="font-semibold">${w("exception.parts")}</legend>
    ${all.map(({ id, title }) => html`<label class="tick-line">
      <input type="checkbox" class="tick" .checked=${live(slots === null || slots.includes(id))} @change=${toggle(id)} /> <span>${title}</span>
    </label>`)}
    <p class="text-sm text-soft">${slots === null ? w("exception.parts.all") : w("exception.parts.some")}</p>
  </fieldset>`;
}

/** What the form says, without blanks around it. */
export function excuseOf({ category, start_date, end_date, slots, reason }: ExcuseText): ExcuseText {
  return { category, start_date, end_date, slots, reason: reason.trim() };
}
