/** What has to be known about a register before touching it. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { RegisterView } from "../../../model.ts";
import type { Shown, View } from "../../view.ts";

/** Closed, did not happen, of a day that is not marked (any more, or yet), or never fetched. */
export function registerBanners(view: View, register: RegisterView): Shown {
  if (register.void) return voided(view);
  if (register.status === "closed") return closed(view, register);
  if (register.rows.length === 0) return nothing;
  if (register.out_of_time !== null) {
    const words = view.t(`register.out_of_time.${register.out_of_time}`, { count: register.edit_days });
    return html`<p class="banner banner-warn" role="status">${words}</p>`;
  }
  // While the server answers it is on its way.
  if (register.fetched_at === null && (!view.state.online || view.state.sync.status.kind === "unreachable")) {
    return html`<p class="banner banner-calm">${view.t("register.never_fetched")}</p>`;
  }
  return nothing;
}

function closed(view: View, register: RegisterView): TemplateResult {
  const { t, format, state } = view;
  const at = register.closed_at ? format.moment(register.closed_at, state.today) : "";
  const words = register.closed_by
    ? t("register.closed_by", { name: register.closed_by, at })
    : t("register.closed_at", { at });
  return html`<div class="banner banner-calm">
    <p class="grow">
      ${words}
      ${register.reopen_until
        ? t("register.reopen_until", { at: format.time(register.reopen_until) })
        : t("register.reopen_office")}
    </p>
    ${register.reopen_until
      ? html`<button type="button" class="button" @click=${() => view.change({ dialog: { name: "reopen" } })}>
          ${t("register.reopen")}
        </button>`
      : nothing}
  </div>`;
}

function voided(view: View): TemplateResult {
  return html`<div class="banner banner-warn">
    <p class="grow">${view.t("register.voided")}</p>
    <button type="button" class="button" @click=${() => view.change({ dialog: { name: "restore" } })}>
      ${view.t("register.restore")}
    </button>
  </div>`;
}
