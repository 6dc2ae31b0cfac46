/** The sync centre: what the server does not have, since when, why, and what can be done about it. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { UnsentGroup } from "../../../model.ts";
import { exportFile } from "../../download.ts";
import { empty } from "../../parts/empty.ts";
import { savedLegend } from "../../parts/saved.ts";
import { screen } from "../../parts/screen.ts";
import { syncReason, syncRetry, syncTally } from "../../parts/sync-words.ts";
import { addressOf } from "../../routing.ts";
import { signInForm } from "../sign-in.ts";
import type { Shown, View } from "../../view.ts";
import { attentionList, discardQuestion } from "./attention.ts";
import { closedWork } from "./closed.ts";
import { conflictList, contestQuestion } from "./conflicts.ts";
import { uncountedList } from "./uncounted.ts";

/** The screen. */
export function syncScreen(view: View): TemplateResult {
  const { t } = view;
  return screen(view, {
    title: t("nav.sync"),
    body: html`${summary(view)} ${signInAgain(view)} ${closedWork(view)} ${attentionList(view)} ${uncountedList(view)} ${unsentList(view)} ${conflictList(view)}
      ${view.state.person?.role === "admin"
        ? html`<a class="button justify-self-start" href=${addressOf({ name: "hand_in" })}>${t("nav.hand_in")}</a>`
        : nothing}
      <section class="card" aria-labelledby="signs">
        <h2 id="signs">${t("saved.legend")}</h2>
        ${savedLegend(t)}
      </section>
      ${discardQuestion(view)} ${contestQuestion(view)}`,
  });
}

function summary(view: View): TemplateResult {
  const { t, format, state } = view;
  const { sync } = state;
  const retry = syncRetry(t, format, sync, state.today);
  return html`<section class="card" aria-label=${t("sync.summary")}>
    <div role="status">
      <p class="text-lg font-bold numbers">${syncTally(t, sync)}</p>
      ${sync.attention.length > 0 && sync.unsent > 0
        ? html`<p class="text-lg font-bold numbers">${t("sync.tally.unsent", { count: sync.unsent })}</p>`
        : nothing}
      <p>${syncReason(t, format, sync, state.today)} ${retry ?? nothing}</p>
      ${sync.unsent > 0 ? html`<p class="text-soft">${t("sync.safe")}</p>` : nothing}
    </div>
    <div class="flex flex-wrap gap-2">
      <button
        type="button"
        class="button button-main"
        ?disabled=${sync.unsent === 0 || sync.status.kind === "sending" || sync.status.kind === "sign_in_needed"}
        @click=${() => view.run(view.actions.sendNow())}
      >
        ${sync.status.kind === "sending" ? t("sync.reason.sending") : t("sync.send_now")}
      </button>
      ${sync.unsent + sync.attention.length > 0
        ? html`<button type="button" class="button" @click=${() => view.run(exportFile(view))}>${t("sync.export")}</button>`
        : nothing}
    </div>
  </section>`;
}

function signInAgain(view: View): Shown {
  if (view.state.sync.status.kind !== "sign_in_needed") return nothing;
  return html`<section class="card" aria-labelledby="sign-in-again">
    <h2 id="sign-in-again">${view.t("sign_in.again")}</h2>
    ${signInForm(view)}
  </section>`;
}

function unsentList(view: View): Shown {
  const { t, state } = view;
  // "Everything is sent" is not so while something is sealed.
  if (state.sync.groups.length === 0 && state.sync.closed > 0) return nothing;
  return html`<section aria-labelledby="unsent">
    <h2 id="unsent">${t("sync.unsent")}</h2>
    ${state.sync.groups.length === 0
      ? empty(t("sync.unsent.none"), t("sync.unsent.none.how"))
      : html`<ul class="card divide-y divide-line">${state.sync.groups.map((group) => line(view, group))}</ul>`}
  </section>`;
}

function line(view: View, group: UnsentGroup): TemplateResult {
  const { t, format, state } = view;
  const words = html`<bdi class="font-semibold">${group.class_title}</bdi>
    ${group.key ? html`<span class="text-soft">${format.day(group.key.date)}</span>` : nothing}
    <span class="block text-sm numbers">
      ${t("sync.group", { count: group.count, since: format.moment(group.oldest_at, state.today) })}
    </span>`;
  return html`<li>
    ${group.key
      ? html`<a class="block p-3" href=${addressOf({ name: "register", key: group.key })}>${words}</a>`
      : html`<div class="p-3">${words}</div>`}
  </li>`;
}
