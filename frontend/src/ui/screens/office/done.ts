/** What was just done, with the way back for a while. At the bottom of the screen, where the thumb is. */
import { html, nothing } from "lit-html";
import type { Shown } from "../../view.ts";
import { order, type Office } from "./context.ts";

/** The bar; nothing when there is nothing to tell. It is there from the start, so that a change of it is read aloud. */
export function doneBar(office: Office): Shown {
  const { desk, t, w } = office;
  const { done } = desk;
  const undo = done?.undo ?? null;
  return html`<div class=${done ? "action-bar" : ""} role="status">
    ${done
      ? html`<div class="banner banner-calm">
          <p>${done.text}</p>
          ${undo ? html`<button type="button" class="button" @click=${() => order(office, [undo], w("undone"))}>${t("undo")}</button>` : nothing}
        </div>`
      : nothing}
  </div>`;
}
