/** How to put the app on the home screen: by a button where the browser has one, by hand on iPhones and iPads. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { View } from "../../view.ts";

/** The section. */
export function installHelp(view: View): TemplateResult {
  const { t, local } = view;
  const { installed, ask, by_hand } = local.install;
  return html`<section class="card" aria-labelledby="install">
    <h2 id="install">${t("install.title")}</h2>
    ${installed ? html`<p>${t("install.done")}</p>` : html`<p>${t("install.why")}</p>`}
    ${!installed && ask
      ? html`<button type="button" class="button" @click=${ask}>${t("install.ask")}</button>`
      : nothing}
    ${!installed && by_hand
      ? html`<ol class="grid list-decimal gap-1 ps-6">
            <li>${t("install.ios.1")}</li>
            <li>${t("install.ios.2")}</li>
            <li>${t("install.ios.3")}</li>
          </ol>
          <p class="text-soft">${t("install.ios.note")}</p>`
      : nothing}
    ${!installed && !ask && !by_hand ? html`<p class="text-soft">${t("install.menu")}</p>` : nothing}
  </section>`;
}
