/** What the server refused. It stays until somebody decides: nothing here goes away by itself. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { NeedsAttention } from "../../../model.ts";
import { dialog } from "../../parts/dialog.ts";
import { attentionIcon } from "../../parts/icons.ts";
import { problemWords } from "../../parts/problem.ts";
import { statusPill } from "../../parts/statuses.ts";
import { addressOf } from "../../routing.ts";
import type { Shown, View } from "../../view.ts";

/** On top of the sync centre, when there is any. */
export function attentionList(view: View): Shown {
  const { attention } = view.state.sync;
  if (attention.length === 0) return nothing;
  return html`<section aria-labelledby="attention">
    <h2 id="attention" class="flex items-center gap-2 text-absent">${attentionIcon} ${view.t("attention.title")}</h2>
    <ul class="grid gap-2">
      ${attention.map((one) => html`<li>${item(view, one)}</li>`)}
    </ul>
  </section>`;
}

/** The question before something is thrown away. */
export function discardQuestion(view: View): Shown {
  const { t, local, state } = view;
  if (local.dialog?.name !== "discard") return nothing;
  const { seq } = local.dialog;
  const one = state.sync.attention.find((item) => item.seq === seq);
  if (!one) return nothing;
  return dialog(view, {
    title: t("attention.discard.title"),
    body: html`<p>${what(view, one)}</p>
      <p>${t("attention.discard.body")}</p>`,
    submit: html`<button class="button button-danger">${t("attention.discard")}</button>`,
    onSubmit: () => view.run(view.actions.discard(seq)),
  });
}

function item(view: View, one: NeedsAttention): TemplateResult {
  const { t } = view;
  return html`<article class="card grid gap-2 p-3">
    <p>${what(view, one)}</p>
    <p class="banner banner-bad">${problemWords(t, one.problem)}</p>
    <div class="flex flex-wrap gap-2">
      <button type="button" class="button" @click=${() => view.run(view.actions.resend(one.seq))}>${t("attention.resend")}</button>
      ${one.key ? html`<a class="button" href=${addressOf({ name: "register", key: one.key })}>${t("attention.open")}</a>` : nothing}
      <button type="button" class="button button-danger" @click=${() => view.change({ dialog: { name: "discard", seq: one.seq } })}>
        ${t("attention.discard")}
      </button>
    </div>
  </article>`;
}

function what({ t, format, state }: View, one: NeedsAttention): TemplateResult {
  return html`${one.student_name ? html`<bdi class="font-semibold">${one.student_name}</bdi>` : nothing}
    ${one.status && one.status !== "unmarked" ? statusPill(t, one.status) : (t.word(`command.${one.type}`) ?? one.type)}
    <span class="block text-sm text-soft numbers">
      <bdi>${one.class_title}</bdi>${one.key ? html` · ${format.day(one.key.date)}` : nothing} ·
      ${t("at", { at: format.moment(one.occurred_at, state.today) })}
    </span>`;
}
