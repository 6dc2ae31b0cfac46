/** What more there is about one student's mark: remarks, who made it, taking it away. */
import { html, noChange, nothing, type TemplateResult } from "lit-html";
import { LONGEST_TEXT, type RegisterRow } from "../../../model.ts";
import { crossIcon } from "../../parts/icons.ts";
import type { View } from "../../view.ts";
import { clear, setRemarks } from "./marking.ts";

/** Unfolded below the row. */
export function details(view: View, row: RegisterRow, open: boolean): TemplateResult {
  const { t } = view;
  const id = `remarks-${row.student_id}`;
  const unmarked = row.status === "unmarked";
  return html`<div class="grid gap-2 py-2">
    <label class="text-sm font-semibold" for=${id}>${t("register.remarks")}</label>
    <input
      id=${id}
      class="field"
      dir="auto"
      autocomplete="off"
      maxlength=${LONGEST_TEXT}
      data-keep
      ?disabled=${!open}
      ?readonly=${unmarked}
      placeholder=${unmarked ? t("register.remarks.first_mark") : ""}
      .value=${document.activeElement?.id === id ? noChange : row.remarks ?? ""}
      @change=${(event: Event) => setRemarks(view, row, (event.target as HTMLInputElement).value)}
    />
    <div class="flex flex-wrap items-center justify-between gap-2">
      <p class="text-sm text-soft">
        ${row.marked_by ? t("register.marked_by", { name: row.marked_by.name }) : nothing}
        ${row.corrected ? t("register.corrected") : nothing}
      </p>
      ${unmarked || !open
        ? nothing
        : html`<button type="button" class="button button-plain" @click=${() => clear(view, row)}>
            ${crossIcon} ${t("register.clear")}
          </button>`}
    </div>
  </div>`;
}
