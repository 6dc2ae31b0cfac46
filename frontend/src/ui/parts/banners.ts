/** What concerns the whole app, on every screen until it is over: the worst first. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { Shown, View } from "../view.ts";
import { attentionIcon, crossIcon } from "./icons.ts";

/** All of them. */
export function banners(view: View): Shown {
  return html`${storageFull(view)} ${notice(view)} ${signInNeeded(view)} ${uncounted(view)} ${clockWrong(view)} ${updateReady(view)}`;
}

function storageFull(view: View): Shown {
  if (!view.state.storage.full) return nothing;
  return html`<div class="banner banner-bad" role="alert">
    ${attentionIcon}
    <p class="grow">${view.t("storage.full")}</p>
    <a class="button" href="#/sync">${view.t("storage.full.rescue")}</a>
  </div>`;
}

function notice(view: View): Shown {
  const { t, state, local } = view;
  if (state.notice) {
    const text = t.word(state.notice.text_key, state.notice.values) ?? t("notice.unknown");
    return noticeBar(view, state.notice.kind, text, () => view.actions.dismissNotice());
  }
  return local.failed ? noticeBar(view, "error", t("notice.not_kept"), () => view.change({ failed: false })) : nothing;
}

function noticeBar(view: View, kind: "info" | "error", text: string, dismiss: () => void): TemplateResult {
  return html`<div class="banner ${kind === "error" ? "banner-bad" : "banner-calm"}" role=${kind === "error" ? "alert" : "status"}>
    <p class="grow">${text}</p>
    <button type="button" class="button button-plain" aria-label=${view.t("dialog.dismiss")} @click=${dismiss}>${crossIcon}</button>
  </div>`;
}

function signInNeeded(view: View): Shown {
  const { sync } = view.state;
  if (sync.status.kind !== "sign_in_needed" || view.address.route.name === "sync") return nothing;
  return html`<div class="banner banner-warn">
    <p class="grow">${view.t("sync.sign_in_banner", { count: sync.unsent })}</p>
    <a class="button" href="#/sync">${view.t("sign_in.submit")}</a>
  </div>`;
}

/** Until they have been looked at: it may have happened while nobody was looking. */
function uncounted(view: View): Shown {
  const { length } = view.state.sync.uncounted;
  if (length === 0 || view.address.route.name === "sync") return nothing;
  return html`<div class="banner banner-warn" role="status">
    <p class="grow">${view.t("uncounted.banner", { count: length })}</p>
    <a class="button" href="#/sync">${view.t("uncounted.look")}</a>
  </div>`;
}

function clockWrong(view: View): Shown {
  const wrongBy = view.state.sync.clock_wrong_by_ms;
  if (wrongBy === null) return nothing;
  const by = view.format.duration(Math.abs(wrongBy));
  return html`<p class="banner banner-warn">${view.t(wrongBy > 0 ? "clock.fast" : "clock.slow", { by })}</p>`;
}

function updateReady(view: View): Shown {
  if (!view.local.update_ready) return nothing;
  return html`<div class="banner banner-calm" role="status">
    <p class="grow">${view.t("update.ready")}</p>
    <button type="button" class="button" @click=${() => view.applyUpdate()}>${view.t("update.apply")}</button>
  </div>`;
}
