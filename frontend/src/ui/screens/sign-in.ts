/** Signing in: at the start, and again when the sign-in has run out. */
import { html, nothing, type TemplateResult } from "lit-html";
import { problemWords } from "../parts/problem.ts";
import { banners } from "../parts/banners.ts";
import { languageField } from "./settings/appearance.ts";
import type { View } from "../view.ts";

/** The screen before anybody is known. */
export function signInScreen(view: View): TemplateResult {
  return html`<div class="narrow">
    <header class="grid justify-items-center gap-2 text-center">
      <span class="icon-sign"></span>
      <h1 class="text-xl font-bold" tabindex="-1">${view.t("app.name")}</h1>
      <p class="text-soft">${view.t("app.claim")}</p>
    </header>
    ${banners(view)}
    ${globalThis.isSecureContext
      ? html`<div class="card p-4">${signInForm(view)}</div>`
      : html`<p class="banner banner-bad" role="alert">${view.t("sign_in.insecure")}</p>`}
    <p class="text-sm text-soft">${view.t("sign_in.help")}</p>
    ${languageField(view)}
  </div>`;
}

/** School code, user name, password. */
export function signInForm(view: View): TemplateResult {
  const { t, state } = view;
  const share = (event: Event): void => view.change({ shared_device: (event.target as HTMLInputElement).checked });
  return html`<form class="grid gap-3" @submit=${(event: SubmitEvent) => submit(view, event)}>
    ${state.sign_in_problem
      ? html`<p class="banner banner-bad" role="alert">${problemWords(t, state.sign_in_problem)}</p>`
      : nothing}
    ${field(t("sign_in.school"), "school_code", "organization", state.school_code ?? "")}
    ${field(t("sign_in.username"), "username", "username", "")}
    <label class="grid gap-1">
      <span class="font-semibold">${t("sign_in.password")}</span>
      <input class="field" type="password" name="password" required autocomplete="current-password" />
    </label>
    <label class="tick-line">
      <input type="checkbox" class="tick" name="shared_device" .checked=${isShared(view)} ?disabled=${isSealed(view)} @change=${share} />
      <span>${t("sign_in.shared")}<span class="block text-sm text-soft">${t("sign_in.shared.meaning")}</span></span>
    </label>
    ${isShared(view) ? pinField(view) : nothing}
    <button class="button button-main" aria-disabled=${String(state.signing_in)}>
      ${state.signing_in ? t("sign_in.busy") : t("sign_in.submit")}
    </button>
  </form>`;
}

/** What is sealed stays so. */
function isSealed({ state }: View): boolean {
  return state.lock !== null || state.sealed;
}

function isShared(view: View): boolean {
  return view.local.shared_device || isSealed(view);
}

function pinField({ t, state }: View): TemplateResult {
  // Signing in again, while everything is open, the PIN of before does.
  const asked = !state.sealed;
  return html`<div class="grid gap-1">
    <label class="font-semibold" for="pin">${t(asked ? "sign_in.pin" : "sign_in.pin.same")}</label>
    <input id="pin" class="field" type="password" name="pin" ?required=${asked} minlength="6" autocomplete="off" aria-describedby="pin-meaning" />
    <p id="pin-meaning" class="text-sm text-soft">${t("sign_in.pin.meaning")}</p>
  </div>`;
}

function field(label: string, name: string, autocomplete: string, value: string): TemplateResult {
  return html`<label class="grid gap-1">
    <span class="font-semibold">${label}</span>
    <input
      class="field"
      name=${name}
      required
      dir="auto"
      autocapitalize="none"
      spellcheck="false"
      autocomplete=${autocomplete as AutoFill}
      .value=${value}
    />
  </label>`;
}

function submit(view: View, event: SubmitEvent): void {
  event.preventDefault();
  // A button that is disabled loses the focus, and whoever mistyped would have to find the way back.
  if (view.state.signing_in) return;
  const fields = new FormData(event.target as HTMLFormElement);
  const text = (name: string): string => String(fields.get(name) ?? "");
  view.run(
    view.actions.signIn({
      school_code: text("school_code").trim(),
      username: text("username").trim(),
      password: text("password"),
      shared_device: isShared(view),
      pin: text("pin") || null,
    }),
  );
}
