/** My history: what I did on this device, and what became of it. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { DateText, HistoryLine } from "../../model.ts";
import { empty } from "../parts/empty.ts";
import { savedSign } from "../parts/saved.ts";
import { screen } from "../parts/screen.ts";
import { statusPill } from "../parts/statuses.ts";
import { addressOf } from "../routing.ts";
import type { View } from "../view.ts";

/** The screen, newest day first. */
export function historyScreen(view: View): TemplateResult {
  const { t, state } = view;
  return screen(view, {
    title: t("history.title"),
    body:
      state.history.length === 0
        ? empty(t("history.none"), t("history.none.how"))
        : html`<p class="text-soft">${t("history.about")}</p>
            ${[...byDay(view)].map(([date, lines]) => day(view, date, lines))}`,
  });
}

/** Lines by the school's day they happened on, in the order they come. */
function byDay({ state, format }: View): ReadonlyMap<DateText, readonly HistoryLine[]> {
  const days = new Map<DateText, HistoryLine[]>();
  for (const line of state.history) {
    const date = format.dateOf(line.occurred_at);
    const lines = days.get(date);
    if (lines) lines.push(line);
    else days.set(date, [line]);
  }
  return days;
}

function day(view: View, date: DateText, lines: readonly HistoryLine[]): TemplateResult {
  const id = `day-${date}`;
  return html`<section aria-labelledby=${id}>
    <h2 id=${id}>${view.format.longDay(date)}</h2>
    <ul class="card divide-y divide-line">
      ${lines.map((line) => html`<li class="history-line">${entry(view, line)}</li>`)}
    </ul>
  </section>`;
}

function entry(view: View, line: HistoryLine): TemplateResult {
  const { t, format } = view;
  const words = html`<span class="numbers whitespace-nowrap text-soft">${format.time(line.occurred_at)}</span>
    <span class="grow min-w-0">
      ${line.student_name ? html`<bdi class="font-semibold">${line.student_name}</bdi>` : nothing}
      ${line.status && line.status !== "unmarked" ? statusPill(t, line.status) : (t.word(`command.${line.type}`) ?? line.type)}
      <span class="block text-sm text-soft">
        <bdi>${line.class_title}</bdi>${line.key ? html` · ${format.day(line.key.date)}` : nothing}${effect(view, line)}
      </span>
    </span>
    ${savedSign(t, line.saved)}`;
  return line.key
    ? html`<a class="flex items-start gap-3 p-3" href=${addressOf({ name: "register", key: line.key })}>${words}</a>`
    : html`<div class="flex items-start gap-3 p-3">${words}</div>`;
}

/** Only an effect that a teacher would not expect is worth a word. */
function effect({ t }: View, { effect: name }: HistoryLine): string {
  const word = name === null ? null : t.word(`effect.${name}`);
  return word === null ? "" : ` · ${word}`;
}
