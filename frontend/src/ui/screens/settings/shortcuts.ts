/** Single keys, with the switch that turns them off. */
import { html, type TemplateResult } from "lit-html";
import { COMMAND_KEYS, COMMAND_WORDS, type Command } from "../../keyboard.ts";
import { STATUSES, statusLetter, statusWord } from "../../parts/statuses.ts";
import type { View } from "../../view.ts";

/** The switch and the list. */
export function shortcutSettings(view: View): TemplateResult {
  const { t, state, actions } = view;
  const toggle = (event: Event): void =>
    view.run(actions.setSettings({ shortcuts: (event.target as HTMLInputElement).checked }));
  return html`<section class="card grid gap-2 p-4" aria-labelledby="keys">
    <h2 id="keys" class="font-semibold">${t("keys.title")}</h2>
    <label class="flex min-h-11 items-center gap-3">
      <input type="checkbox" class="tick" .checked=${state.settings.shortcuts} @change=${toggle} />
      ${t("keys.on")}
    </label>
    <dl class="grid gap-1">
      ${STATUSES.map((status) => line(statusLetter(t, status), statusWord(t, status)))} ${line("↑ ↓", t("keys.move"))}
      ${Object.entries(COMMAND_KEYS).map(([command, { key }]) =>
        line(key.length > 1 ? t("keys.delete") : key.toUpperCase(), t(COMMAND_WORDS[command as Command])),
      )}
    </dl>
  </section>`;
}

function line(key: string, meaning: string): TemplateResult {
  return html`<div class="flex gap-3">
    <dt class="key"><kbd>${key}</kbd></dt>
    <dd>${meaning}</dd>
  </div>`;
}
