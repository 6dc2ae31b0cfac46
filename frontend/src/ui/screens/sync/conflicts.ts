/** Where two people said different things of one student: both, with their times, and which counts. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { ConflictLine } from "../../../model.ts";
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

function conflict(view: View, line: ConflictLine): TemplateResult {
  const { t, format, state } = view;
  const at = (instant: string): string => format.moment(instant, state.today);
  return html`<a class="grid gap-1 p-3" href=${addressOf({ name: "register", key: line.key })}>
    <span><bdi class="font-semibold">${line.student_name}</bdi> <span class="text-soft"><bdi>${line.class_title}</bdi> · ${format.day(line.key.date)}</span></span>
    <span class="numbers">${t("conflicts.mine", { status: statusWord(t, line.mine.status), at: at(line.mine.at) })}</span>
    <span class="numbers">
      ${t("conflicts.other", { by: line.other.by, status: statusWord(t, line.other.status), at: at(line.other.at) })}
    </span>
    <span class="text-sm">${t.word(`conflicts.kind.${line.kind}`) ?? nothing} ${t(`conflicts.state.${line.state}`)}</span>
  </a>`;
}
