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
      ${together(attention).map((group) => html`<li>${card(view, group)}</li>`)}
    </ul>
  </section>`;
}

/** The question before something is thrown away. */
export function discardQuestion(view: View): Shown {
  const { t, local, state } = view;
  if (local.dialog?.name !== "discard") return nothing;
  const { seqs } = local.dialog;
  const [group] = together(state.sync.attention.filter((item) => seqs.includes(item.seq)));
  if (group === undefined) return nothing;
  return dialog(view, {
    title: t("attention.discard.title"),
    body: html`<p>${what(view, group)}</p>
      <p>${t("attention.discard.body")}</p>`,
    submit: html`<button class="button button-danger">${t("attention.discard")}</button>`,
    onSubmit: () => view.run(view.actions.discard(seqs)),
  });
}

/** What was refused of the same register for the same reason is decided together. */
type Group = readonly [NeedsAttention, ...NeedsAttention[]];

function together(attention: readonly NeedsAttention[]): readonly Group[] {
  const groups = new Map<string, [NeedsAttention, ...NeedsAttention[]]>();
  for (const one of attention) {
    const key = JSON.stringify([one.session_id, one.problem]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function card(view: View, group: Group): TemplateResult {
  const { t } = view;
  const [{ key, problem }] = group;
  const seqs = group.map(({ seq }) => seq);
  return html`<article class="card grid gap-2 p-3">
    <p>${what(view, group)}</p>
    <p class="banner banner-bad">${problemWords(t, problem)}</p>
    ${group.length === 1
      ? nothing
      : html`<details>
          <summary class="button button-plain">${t("attention.each")}</summary>
          <ul class="grid gap-1">${group.map((one) => html`<li>${each(view, one)}</li>`)}</ul>
        </details>`}
    <div class="flex flex-wrap gap-2">
      <button type="button" class="button" @click=${() => view.run(view.actions.resend(seqs))}>${t("attention.resend")}</button>
      ${key ? html`<a class="button" href=${addressOf({ name: "register", key })}>${t("attention.open")}</a>` : nothing}
      <button type="button" class="button button-danger" @click=${() => view.change({ dialog: { name: "discard", seqs } })}>
        ${t("attention.discard")}
      </button>
    </div>
  </article>`;
}

function what(view: View, group: Group): TemplateResult {
  const { t, format, state } = view;
  const [one] = group;
  return html`${group.length === 1
      ? named(view, one)
      : html`<span class="font-semibold">${t("attention.group", { count: group.length })}</span>`}
    <span class="block text-sm text-soft numbers">
      <bdi>${one.class_title}</bdi>${one.key ? html` · ${format.day(one.key.date)}` : nothing} ·
      ${t("at", { at: format.moment(one.occurred_at, state.today) })}
    </span>`;
}

/** Each can still be decided by itself. */
function each(view: View, one: NeedsAttention): TemplateResult {
  const { t } = view;
  return html`<div class="flex flex-wrap items-center justify-between gap-2">
    <span>${named(view, one)}</span>
    <button
      type="button"
      class="button button-plain"
      aria-label=${t("attention.discard.one", { what: one.student_name ?? t.word(`command.${one.type}`) ?? one.type })}
      @click=${() => view.change({ dialog: { name: "discard", seqs: [one.seq] } })}
    >
      ${t("attention.discard")}
    </button>
  </div>`;
}

function named({ t }: View, one: NeedsAttention): TemplateResult {
  return html`${one.student_name ? html`<bdi class="font-semibold">${one.student_name}</bdi>` : nothing}
  ${one.status && one.status !== "unmarked" ? statusPill(t, one.status) : (t.word(`command.${one.type}`) ?? one.type)}`;
}
