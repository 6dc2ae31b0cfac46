/** Marks of mine that somebody else has un-counted since: shown until they have been seen. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { UncountedLine } from "../../../model.ts";
import { statusWord } from "../../parts/statuses.ts";
import { addressOf } from "../../routing.ts";
import type { Shown, View } from "../../view.ts";

/** The list, when there is any. */
export function uncountedList(view: View): Shown {
  const { t, state, actions } = view;
  const { uncounted } = state.sync;
  if (uncounted.length === 0) return nothing;
  return html`<section aria-labelledby="uncounted">
    <h2 id="uncounted">${t("uncounted.title")}</h2>
    <p class="text-soft">${t("uncounted.how")}</p>
    <ul class="card divide-y divide-line">
      ${uncounted.map((line) => html`<li>${item(view, line)}</li>`)}
    </ul>
    <button type="button" class="button justify-self-start" @click=${() => view.run(actions.seenUncounted())}>${t("uncounted.seen")}</button>
  </section>`;
}

function item(view: View, line: UncountedLine): TemplateResult {
  const { t, format, state } = view;
  const { mine, now } = line;
  const at = (instant: string): string => format.moment(instant, state.today);
  return html`<a class="grid gap-1 p-3" href=${addressOf({ name: "register", key: line.key })}>
    <span><bdi class="font-semibold">${line.student_name}</bdi> <span class="text-soft"><bdi>${line.class_title}</bdi> · ${format.day(line.key.date)}</span></span>
    <span class="numbers">${t("conflicts.mine", { status: statusWord(t, mine.status), at: at(mine.at) })}</span>
    <span class="numbers">
      ${now.by === null || now.at === null
        ? t("uncounted.nothing")
        : t("uncounted.now", { by: now.by, status: statusWord(t, now.status), at: at(now.at) })}
    </span>
  </a>`;
}
