/** On every screen: how much the server does not have yet, and when it was last heard. Leads to the sync centre. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { View } from "../view.ts";
import { attentionIcon, deviceIcon, offlineIcon, receivedIcon, sendingIcon } from "./icons.ts";
import { notSent, syncReason, syncTally } from "./sync-words.ts";

/** The chip. */
export function syncChip(view: View): TemplateResult {
  const { t, format, state } = view;
  const { sync } = state;
  const tally = syncTally(t, sync);
  const reason = syncReason(t, format, sync, state.today);
  const heard = sync.last_heard_at;
  return html`<a class="chip ${tone(view)}" href="#/sync" title=${`${tally}. ${reason}`}>
    ${icon(view)}
    <span class="grid">
      <span class="font-semibold numbers">${tally}</span>
      ${sync.attention.length > 0 && notSent(sync) > 0
        ? html`<span class="numbers">${t("sync.tally.unsent", { count: notSent(sync) })}</span>`
        : nothing}
      ${heard === null ? nothing : html`<span class="numbers"><span class="sr-only">${t("sync.heard")} </span>${format.moment(heard, state.today)}</span>`}
    </span>
  </a>`;
}

function icon({ state: { sync } }: View): TemplateResult {
  if (sync.attention.length > 0) return attentionIcon;
  if (sync.status.kind === "sending") return sendingIcon;
  if (sync.status.kind === "unreachable") return offlineIcon;
  return notSent(sync) > 0 || sync.last_heard_at === null ? deviceIcon : receivedIcon;
}

function tone({ state: { sync } }: View): string {
  if (sync.attention.length > 0) return "banner-bad";
  return notSent(sync) > 0 ? "banner-warn" : "";
}
