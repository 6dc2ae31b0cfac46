/** A person's work that waits for its PIN, with the ways around it: signing in with the password, or somebody else's turn. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { LockView } from "../../model.ts";
import { banners } from "../parts/banners.ts";
import { languageField } from "./settings/appearance.ts";
import { signInForm } from "./sign-in.ts";
import type { Shown, View } from "../view.ts";

/** The screen. */
export function lockedScreen(view: View): TemplateResult {
  const { t, state, local } = view;
  const { lock } = state;
  if (!lock) return html``;
  return html`<div class="narrow">
    <h1 class="text-xl font-bold" tabindex="-1">${t("lock.title")}</h1>
    <p><bdi class="font-semibold">${lock.name}</bdi></p>
    ${banners(view)}
    ${local.pin_forgotten ? forgotten(view) : pinForm(view, lock)}
    <button type="button" class="button" @click=${() => view.run(view.actions.signOut("keep"))}>${t("lock.other")}</button>
    <p class="text-sm text-soft">${t("lock.other.how")}</p>
    ${languageField(view)}
  </div>`;
}

function pinForm(view: View, lock: LockView): TemplateResult {
  const { t } = view;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const pin = String(new FormData(form).get("pin") ?? "");
    form.reset();
    view.run(view.actions.unlock(pin));
  };
  return html`<form class="card grid gap-3 p-4" @submit=${submit}>
      ${problem(view, lock)}
      <label class="grid gap-1">
        <span class="font-semibold">${t("lock.pin")}</span>
        <input class="field" type="password" name="pin" required autocomplete="off" ?disabled=${lock.busy} />
      </label>
      <button class="button button-main" ?disabled=${lock.busy}>${lock.busy ? t("lock.busy") : t("lock.open")}</button>
    </form>
    <button type="button" class="button" @click=${() => view.change({ pin_forgotten: true })}>${t("lock.forgotten")}</button>`;
}

function problem({ t, format }: View, lock: LockView): Shown {
  if (!lock.wrong && lock.wait_until === null) return nothing;
  return html`<p class="banner banner-bad" role="alert">
    ${lock.wrong ? t("lock.wrong") : nothing} ${lock.wait_until === null ? nothing : t("lock.wait", { at: format.exact(lock.wait_until) })}
  </p>`;
}

function forgotten(view: View): TemplateResult {
  const { t } = view;
  return html`<p>${t("lock.forgotten.how")}</p>
    <div class="card p-4">${signInForm(view)}</div>
    <button type="button" class="button" @click=${() => view.change({ pin_forgotten: false })}>${t("dialog.cancel")}</button>`;
}
