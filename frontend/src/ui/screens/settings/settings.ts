/** Settings of this device and this teacher. */
import { html, type TemplateResult } from "lit-html";
import { screen } from "../../parts/screen.ts";
import type { View } from "../../view.ts";
import { languageField, themeField } from "./appearance.ts";
import { installHelp } from "./install.ts";
import { shortcutSettings } from "./shortcuts.ts";
import { signOutQuestion, signOutSection } from "./sign-out.ts";
import { storageSection } from "./storage.ts";

/** The screen. */
export function settingsScreen(view: View): TemplateResult {
  const { t } = view;
  return screen(view, {
    title: t("nav.settings"),
    body: html`<div class="settings">
        <section class="card" aria-label=${t("settings.appearance")}>${languageField(view)} ${themeField(view)}</section>
        ${shortcutSettings(view)} ${storageSection(view)} ${installHelp(view)} ${signOutSection(view)}
      </div>
      <p class="text-sm text-soft">${t("settings.version", { version: view.version })}</p>
      ${signOutQuestion(view)}`,
  });
}
