/** Leaving. With work that the server does not have, the teacher says what becomes of it. */
import { html, nothing, type TemplateResult } from "lit-html";
import { closing, dialog } from "../../parts/dialog.ts";
import type { Shown, View } from "../../view.ts";

/** Who is signed in, and the way out. */
export function signOutSection(view: View): TemplateResult {
  const { t, state } = view;
  const leave = (): void => {
    if (onlyHere(view) > 0) view.change({ dialog: { name: "sign_out" } });
    else view.run(view.actions.signOut("send"));
  };
  return html`<section class="card" aria-labelledby="person">
    <h2 id="person">${t("sign_out.who")}</h2>
    <p><bdi>${state.person?.name ?? ""}</bdi> · <bdi>${state.school_name ?? ""}</bdi></p>
    ${state.sealed
      ? html`<p class="text-soft">${t("lock.about")}</p>
          <button type="button" class="button" @click=${() => view.run(view.actions.lock(true))}>${t("lock.now")}</button>`
      : nothing}
    <button type="button" class="button" @click=${leave}>${t("sign_out")}</button>
  </section>`;
}

/** The question, when there is unsent work. Throwing it away has to be typed. */
export function signOutQuestion(view: View): Shown {
  const { t, actions } = view;
  const count = onlyHere(view);
  if (view.local.dialog?.name !== "sign_out") return nothing;
  return dialog(view, {
    title: t("sign_out.title", { count }),
    body: html`<p>${t("sign_out.body")}</p>
      <div class="grid gap-2">
        <button type="button" class="button button-main" @click=${closing(() => view.run(actions.signOut("send")))}>${t("sign_out.send")}</button>
        <button type="button" class="button" @click=${closing(() => view.run(actions.signOut("keep")))}>${t("sign_out.keep")}</button>
      </div>
      <label class="grid gap-1">
        <span>${t("sign_out.type", { number: String(count) })}</span>
        <input class="field numbers" inputmode="numeric" autocomplete="off" required pattern=${`${count}|${view.format.number(count)}`} />
      </label>`,
    submit: html`<button class="button button-danger">${t("sign_out.discard")}</button>`,
    onSubmit: () => view.run(actions.signOut("discard")),
  });
}

function onlyHere({ state: { sync } }: View): number {
  return sync.unsent + sync.attention.length + sync.closed;
}
