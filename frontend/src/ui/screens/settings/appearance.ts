/** Language and theme. */
import { html, type TemplateResult } from "lit-html";
import { LANGUAGES } from "../../../i18n/catalogue.ts";
import type { Language, Settings } from "../../../model.ts";
import type { View } from "../../view.ts";

const THEMES: readonly Settings["theme"][] = ["system", "light", "dark"];

/** Each language in its own words. */
export function languageField(view: View): TemplateResult {
  const { t, state, actions } = view;
  const choose = (event: Event): void => {
    view.run(actions.setSettings({ language: (event.target as HTMLSelectElement).value as Language }));
  };
  return html`<label class="grid gap-1">
    <span class="font-semibold">${t("settings.language")}</span>
    <select class="field" @change=${choose}>
      ${Object.entries(LANGUAGES).map(
        ([language, { name }]) =>
          html`<option value=${language} lang=${language} .selected=${state.settings.language === language}>${name}</option>`,
      )}
    </select>
  </label>`;
}

/** As the device is set, light, dark. */
export function themeField(view: View): TemplateResult {
  const { t, state, actions } = view;
  return html`<fieldset class="grid gap-1">
    <legend class="font-semibold">${t("settings.theme")}</legend>
    <div class="flex flex-wrap gap-x-4">
      ${THEMES.map(
        (theme) => html`<label class="tick-line">
          <input
            type="radio"
            class="tick"
            name="theme"
            .checked=${state.settings.theme === theme}
            @change=${() => view.run(actions.setSettings({ theme }))}
          />
          ${t(`settings.theme.${theme}`)}
        </label>`,
      )}
    </div>
  </fieldset>`;
}
