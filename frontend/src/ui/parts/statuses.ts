/** How each status looks and what it is called. */
import { html, type TemplateResult } from "lit-html";
import type { Translate } from "../../i18n/translate.ts";
import type { EntryStatus, Status } from "../../model.ts";

/** In the order of the buttons. */
export const STATUSES: readonly Status[] = ["present", "absent", "late", "excused"];

const SHAPES: Readonly<Record<EntryStatus, string>> = { present: "●", absent: "✕", late: "◔", excused: "◆", unmarked: "–" };

/** The shape beside the letter; never read aloud. */
export function shape(status: EntryStatus): TemplateResult {
  return html`<span aria-hidden="true">${SHAPES[status]}</span>`;
}

/** "Present". */
export function statusWord(t: Translate, status: EntryStatus): string {
  return t(`status.${status}`);
}

/** "P", in the language's own letter. */
export function statusLetter(t: Translate, status: Status): string {
  return t(`letter.${status}`);
}

/** Shape and word on the status's tint. */
export function statusPill(t: Translate, status: EntryStatus): TemplateResult {
  return html`<span class="pill pill-${status}">${shape(status)} ${statusWord(t, status)}</span>`;
}
