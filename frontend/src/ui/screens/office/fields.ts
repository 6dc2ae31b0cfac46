/** Fields that several of the office's forms have. */
import { html, type TemplateResult } from "lit-html";
import { LONGEST_TEXT } from "../../../model.ts";
import type { Office } from "./context.ts";

/** Why: never empty, since it stands beside what was done for ever. */
export function reasonField({ t }: Office, value = ""): TemplateResult {
  return html`<label class="grid gap-1">
    <span class="font-semibold">${t("reason")}</span>
    <input class="field" name="reason" dir="auto" required pattern=".*\\S.*" maxlength=${LONGEST_TEXT} autocomplete="off" value=${value} />
  </label>`;
}

/** What was typed as the reason. */
export function reasonOf(fields: FormData): string {
  return textOf(fields, "reason");
}

/** What was typed into a field, without blanks around it. */
export function textOf(fields: FormData, name: string): string {
  return String(fields.get(name) ?? "").trim();
}

/** A day. */
export function dateField(label: string, name: string, value: string, change: (value: string) => void, limits: { min?: string; max?: string; required?: boolean } = {}): TemplateResult {
  return html`<label class="grid gap-1">
    <span class="font-semibold">${label}</span>
    <input class="field numbers" type="date" name=${name} .value=${value} min=${limits.min ?? ""} max=${limits.max ?? ""} ?required=${limits.required ?? false}
      @change=${(event: Event) => change((event.target as HTMLInputElement).value)} />
  </label>`;
}

/** A whole number. */
export function numberField(label: string, name: string, value: number, min: number, max: number): TemplateResult {
  return html`<label class="grid gap-1">
    <span class="font-semibold">${label}</span>
    <input class="field numbers" type="number" name=${name} required min=${min} max=${max} step="1" value=${value} />
  </label>`;
}

/** One of several. */
export function choiceField(label: string, name: string, value: string, choices: readonly (readonly [string, string])[], change: (value: string) => void, disabled = false): TemplateResult {
  return html`<label class="grid gap-1">
    <span class="font-semibold">${label}</span>
    <select class="field" name=${name} ?disabled=${disabled} @change=${(event: Event) => change((event.target as HTMLSelectElement).value)}>
      ${choices.map(([one, words]) => html`<option value=${one} ?selected=${one === value}>${words}</option>`)}
    </select>
  </label>`;
}
