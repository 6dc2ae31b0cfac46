/** How far a mark has come, as a sign with its word. */
import { html, type TemplateResult } from "lit-html";
import type { Translate } from "../../i18n/translate.ts";
import type { Saved } from "../../model.ts";
import { attentionIcon, deviceIcon, receivedIcon, sendingIcon } from "./icons.ts";

const SIGNS: Readonly<Record<Saved, TemplateResult>> = {
  here: deviceIcon,
  sending: sendingIcon,
  received: receivedIcon,
  attention: attentionIcon,
};

/** In the order a mark goes through them. */
export const SAVED: readonly Saved[] = ["here", "sending", "received", "attention"];

/** The sign; its word is for the ear and for the pointer. */
export function savedSign(t: Translate, saved: Saved): TemplateResult {
  const word = t(`saved.${saved}`);
  return html`<span class="inline-flex ${saved === "attention" ? "text-absent" : "text-soft"}" title=${word}>
    ${SIGNS[saved]}<span class="sr-only">${word}</span>
  </span>`;
}

/** What the signs mean. */
export function savedLegend(t: Translate): TemplateResult {
  return html`<dl class="grid gap-2">
    ${SAVED.map(
      (saved) => html`<div>
        <dt class="flex items-center gap-2 font-semibold">${SIGNS[saved]} ${t(`saved.${saved}`)}</dt>
        <dd class="text-soft">${t(`saved.${saved}.meaning`)}</dd>
      </div>`,
    )}
  </dl>`;
}
