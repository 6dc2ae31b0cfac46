/** How much room the marks have on this device, and whether the browser promised to keep them. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { View } from "../../view.ts";

/** The section. */
export function storageSection(view: View): TemplateResult {
  const { t, format, state } = view;
  const { used, quota, persisted } = state.storage;
  return html`<section class="card" aria-labelledby="storage">
    <h2 id="storage">${t("storage.title")}</h2>
    ${used === null
      ? nothing
      : html`<p class="numbers">
          ${quota === null
            ? t("storage.used", { used: format.bytes(used) })
            : t("storage.used_of", { used: format.bytes(used), quota: format.bytes(quota) })}
        </p>`}
    <p>${t(persisted ? "storage.persisted" : persisted === null ? "storage.unknown" : "storage.not_persisted")}</p>
    ${persisted
      ? nothing
      : html`<button type="button" class="button" @click=${() => view.run(view.actions.askToPersist())}>
          ${t("storage.ask")}
        </button>`}
  </section>`;
}
