/** The register's actions, under the thumb: rest present, close; after either, the way back. */
import { html, nothing, type TemplateResult } from "lit-html";
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
  const { unmarked } = register.counts;
  return html`<div class="flex gap-2">
    <button
      type="button"
      class="button grow"
      ?disabled=${unmarked === 0}
      title=${keyHint(view, "rest_present")}
      @click=${() => view.run(actions.markRestPresent())}
    >
      ${unmarked === 0 ? t("register.all_marked") : t("register.rest_present", { count: unmarked })}
    </button>
    <button type="button" class="button button-main" title=${keyHint(view, "close")} @click=${() => close(view, register)}>
      ${t("register.close")} ${onIcon}
    </button>
  </div>`;
}

function undoBar(view: View, register: RegisterView): Shown {
  if (!register.undo) return nothing;
  return html`<div class="banner banner-calm" role="status">
    <span class="grow">${view.t(`undo.${register.undo.label}`)}</span>
    <button type="button" class="button" title=${keyHint(view, "undo")} @click=${() => view.run(view.actions.undo())}>
      ${view.t("undo")}
    </button>
  </div>`;
}
