/** Work that was sealed under a PIN and a password of before: it waits for either of them, and is not sent until then. */
import { html, nothing } from "lit-html";
import type { Shown, View } from "../../view.ts";

/** The question for them, when there is such work. */
export function closedWork(view: View): Shown {
  const { t, state, actions } = view;
  const { closed } = state.sync;
  if (closed === 0) return nothing;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    view.run(actions.openSealed(String(new FormData(form).get("secret") ?? "")));
    form.reset();
  };
  return html`<section class="card" aria-labelledby="closed">
    <h2 id="closed">${t("closed.title", { count: closed })}</h2>
    <p>${t("closed.how")}</p>
    <form class="grid gap-2" @submit=${submit}>
      <label class="grid gap-1">
        <span class="font-semibold">${t("closed.secret")}</span>
        <input class="field" type="password" name="secret" required autocomplete="off" />
      </label>
      <button class="button button-main justify-self-start">${t("lock.open")}</button>
    </form>
  </section>`;
}
