/** The register's actions, under the thumb: rest present, close; after either, the way back. */
import { html, nothing, type TemplateResult } from "lit-html";
import { restPresentDrafts } from "../../../core/drafts.ts";
import type { RegisterView } from "../../../model.ts";
import { keyHint } from "../../keys.ts";
import { onIcon } from "../../parts/icons.ts";
import type { Shown, View } from "../../view.ts";
import { close, takesMarks } from "./marking.ts";

/** Sticks to the bottom. */
export function actionBar(view: View, register: RegisterView): Shown {
  const undo = undoBar(view, register);
  if (!takesMarks(register) && undo === nothing) return nothing;
  return html`<div class="action-bar grid gap-2">
    ${undo} ${takesMarks(register) ? buttons(view, register) : nothing}
  </div>`;
}

function buttons(view: View, register: RegisterView): TemplateResult {
  const { t, actions } = view;
  const rest = restPresentDrafts(register).length;
  return html`<div class="flex gap-2">
    <button
      type="button"
      class="button grow"
      ?disabled=${rest === 0}
      title=${keyHint(view, "rest_present")}
      @click=${() => view.run(actions.markRestPresent())}
    >
      ${restWords(view, register, rest)}
    </button>
    <button type="button" class="button button-main" title=${keyHint(view, "close")} @click=${() => close(view, register)}>
      ${t("register.close")} ${onIcon}
    </button>
  </div>`;
}

function restWords({ t }: View, { counts }: RegisterView, rest: number): string {
  if (rest > 0) return t("register.rest_present", { count: rest });
  return counts.unmarked === 0 ? t("register.all_marked") : t("register.rest_excused", { count: counts.unmarked });
}

function undoBar(view: View, register: RegisterView): Shown {
  if (!register.undo) return nothing;
  // Closed by somebody else meanwhile: marks that are taken back would not count.
  if (register.undo.label === "rest_present" && !takesMarks(register)) return nothing;
  return html`<div class="banner banner-calm" role="status">
    <span class="grow">${view.t(`undo.${register.undo.label}`)}</span>
    <button type="button" class="button" title=${keyHint(view, "undo")} @click=${() => view.run(view.actions.undo())}>
      ${view.t("undo")}
    </button>
  </div>`;
}
