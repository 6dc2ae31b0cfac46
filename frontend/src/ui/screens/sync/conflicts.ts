/** Where two people said different things of one student: both, with their times, and which counts. */
import { html, nothing, type TemplateResult } from "lit-html";
import { LONGEST_TEXT, type ConflictLine } from "../../../model.ts";
import { dialog } from "../../parts/dialog.ts";
import { savedSign } from "../../parts/saved.ts";
import { statusWord } from "../../parts/statuses.ts";
import { addressOf } from "../../routing.ts";
import type { Shown, View } from "../../view.ts";

/** The conflicts of my marks, when there are any. */
export function conflictList(view: View): Shown {
  const { conflicts } = view.state.sync;
  if (conflicts.length === 0) return nothing;
  return html`<section aria-labelledby="conflicts">
    <h2 id="conflicts">${view.t("conflicts.title")}</h2>
    <p class="text-soft">${view.t("conflicts.how")}</p>
    <ul class="card divide-y divide-line">
      ${conflicts.map((line) => html`<li>${conflict(view, line)}</li>`)}
    </ul>
  </section>`;
}

/** Says what will happen, and asks why, before a mark is said again. */
export function contestQuestion(view: View): Shown {
  const { t, local, state, actions } = view;
  if (local.dialog?.name !== "contest") return nothing;
  const { session_id, student_id } = local.dialog;
  const line = state.sync.conflicts.find((one) => one.session_id === session_id && one.student_id === student_id && one.contest !== null);
  if (!line?.contest) return nothing;
  return dialog(view, {
    title: t("contest.title", { name: line.student_name, status: statusWord(t, line.mine.status) }),
    body: html`<p>${t(`contest.${line.contest}`)}</p>
      <label class="grid gap-1">
        <span class="font-semibold">${t("contest.remark")}</span>
        <input class="field" name="remarks" dir="auto" required pattern=".*\\S.*" maxlength=${LONGEST_TEXT} autocomplete="off" autofocus />
      </label>`,
    submit: html`<button class="button button-main">${t("contest.submit")}</button>`,
    onSubmit: (fields) => view.run(actions.contest(session_id, student_id, String(fields.get("remarks") ?? ""))),
  });
}

function conflict(view: View, line: ConflictLine): TemplateResult {
  const { t, format, state } = view;
  const at = (instant: string): string => format.moment(instant, state.today);
  return html`<div class="grid gap-2 p-3">
    <a class="grid gap-1" href=${addressOf({ name: "register", key: line.key })}>
      <span><bdi class="font-semibold">${line.student_name}</bdi> <span class="text-soft"><bdi>${line.class_title}</bdi> · ${format.day(line.key.date)}</span></span>
      <span class="numbers">${t("conflicts.mine", { status: statusWord(t, line.mine.status), at: at(line.mine.at) })}</span>
      <span class="numbers">
        ${t("conflicts.other", { by: line.other.by, status: statusWord(t, line.other.status), at: at(line.other.at) })}
      </span>
      <span class="text-sm">${t.word(`conflicts.kind.${line.kind}`) ?? nothing} ${t(`conflicts.state.${line.state}`)}</span>
    </a>
    ${contest(view, line)}
  </div>`;
}

function contest(view: View, line: ConflictLine): Shown {
  const { t } = view;
  if (line.said_again) {
    return html`<p class="flex items-center gap-2 text-sm">${savedSign(t, line.said_again)} ${t("contest.said_again")}</p>`;
  }
  if (line.contest === null) return nothing;
  const { session_id, student_id } = line;
  const ask = (): void => view.change({ dialog: { name: "contest", session_id, student_id } });
  return html`<button type="button" class="button justify-self-start" @click=${ask}>${t("contest")}</button>`;
}
