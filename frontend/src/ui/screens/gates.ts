/** What is shown when the app cannot start as usual. */
import { html, type TemplateResult } from "lit-html";
import type { Key } from "../../i18n/catalogue.ts";
import type { View } from "../view.ts";

/** The device's own data is being read: a moment, so no sign of waiting. */
export function startingScreen(view: View): TemplateResult {
  return html`<h1 class="sr-only" tabindex="-1">${view.t("app.name")}</h1>`;
}

/** Another tab holds an older database open. */
export function blockedScreen(view: View): TemplateResult {
  return gate(view, "blocked.title", "blocked.body");
}

/** The browser keeps nothing: better no register than one that forgets. */
export function storageFailedScreen(view: View): TemplateResult {
  return gate(view, "storage_failed.title", "storage_failed.body");
}

function gate({ t }: View, title: Key, body: Key): TemplateResult {
  return html`<div class="narrow">
    <h1 class="text-xl font-bold" tabindex="-1">${t(title)}</h1>
    <p>${t(body)}</p>
    <button type="button" class="button button-main justify-self-start" @click=${() => location.reload()}>${t("gate.again")}</button>
  </div>`;
}
