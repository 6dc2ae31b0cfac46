/** Single keys, with the switch that turns them off. */
import { html, type TemplateResult } from "lit-html";
import type { Translate } from "../../../i18n/translate.ts";
import { COMMAND_KEYS, type Command } from "../../keys.ts";
import { STATUSES, statusLetter, statusWord } from "../../parts/statuses.ts";
import type { View } from "../../view.ts";

/** The switch and the list. */
export function shortcutSettings(view: View): TemplateResult {
  const { t, state, actions } = view;
  const toggle = (event: Event): void =>
    view.run(actions.setSettings({ shortcuts: (event.target as HTMLInputElement).checked }));
  return html`<section class="card" aria-labelledby="keys">
    <h2 id="keys">${t("keys.title")}</h2>
    <label class="tick-line">
      <input type="checkbox" class="tick" .checked=${state.settings.shortcuts} @change=${toggle} />
      ${t("keys.on")}
    </label>
    <dl class="grid gap-1">
      ${STATUSES.map((status) => line(statusLetter(t, status), statusWord(t, status)))} ${line("↑ ↓", t("keys.move"))}
      ${(Object.keys(COMMAND_KEYS) as Command[]).map((command) => line(keyName(t, command), t(`keys.${command}`)))}
    </dl>
  </section>`;
}

function keyName(t: Translate, command: Command): string {
  const { key } = COMMAND_KEYS[command];
  return key.length > 1 ? t("keys.delete") : key.toUpperCase();
}

function line(key: string, meaning: string): TemplateResult {
  return html`<div class="flex gap-3">
    <dt class="key"><kbd>${key}</kbd></dt>
    <dd>${meaning}</dd>
  </div>`;
}
