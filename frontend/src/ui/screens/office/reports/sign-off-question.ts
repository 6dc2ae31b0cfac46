/** The question before a period is signed off: which days, of what, and what is still missing of them. */
import { html, nothing, type TemplateResult } from "lit-html";
import { LONGEST_TEXT } from "../../../../model.ts";
import { isSignOffCheck } from "../../../../office/shapes.ts";
import type { SignOff, SignOffCheck } from "../../../../office/sign_offs.ts";
import type { Shown } from "../../../view.ts";
import { ask } from "../ask.ts";
import { order, pathOf, read, type Office } from "../context.ts";
import type { Question } from "../desk.ts";
import { choiceField, dateField, textOf } from "../fields.ts";
import { loaded } from "../loaded.ts";

type Wanted = Extract<Question, { readonly about: "sign_off" }>;

/** The question, if it is open. */
export function signOffQuestion(office: Office): Shown {
  const { question } = office.desk;
  return question?.about === "sign_off" ? askSignOff(office, question) : nothing;
}

function askSignOff(office: Office, wanted: Wanted): TemplateResult {
  const { w, desk, school, view, format } = office;
  const { class_id } = wanted;
  // Which day it is may be known only after the question was opened.
  const today = view.state.today ?? "";
  const from = wanted.from ?? (today === "" ? "" : `${today.slice(0, 8)}01`);
  const to = wanted.to ?? today;
  const change = (part: Partial<Wanted>): void => desk.change({ question: { ...wanted, ...part } });
  const is_period = from !== "" && to !== "" && from <= to && to <= today;
  const classes = [["", w("signoff.school")] as const, ...school.classes.map(({ id, title }) => [id, title] as const)];
  return ask(office, {
    title: w("signoff.new"),
    body: html`<div class="filters">
        ${dateField(w("exception.first_day"), "from", from, (value) => change({ from: value }), { required: true, max: to })}
        ${dateField(w("exception.last_day"), "to", to, (value) => change({ to: value }), { required: true, min: from, max: today })}
      </div>
      ${choiceField(w("class"), "class_id", class_id ?? "", classes, (value) => change({ class_id: value === "" ? null : value }))}
      <label class="grid gap-1">
        <span class="font-semibold">${w("signoff.note")}</span>
        <input class="field" name="note" dir="auto" maxlength=${LONGEST_TEXT} autocomplete="off" />
      </label>
      ${is_period ? missing(office, { from, to, class_id }) : nothing}
      <p class="text-sm text-soft">${w("signoff.how")}</p>`,
    submit: w("signoff.submit"),
    ready: is_period,
    onSubmit: (fields) => {
      const note = textOf(fields, "note");
      const days = w("signoff.days", { from: format.longDay(from), to: format.longDay(to) });
      order(office, [{ type: "SignOffPeriod", sign_off_id: crypto.randomUUID(), from, to, class_id, note: note === "" ? null : note }], w("signoff.done", { days }));
    },
  });
}

/** What the calendar expects of these days and is not here. */
function missing(office: Office, { from, to, class_id }: Pick<SignOff, "from" | "to" | "class_id">): TemplateResult {
  const path = pathOf("/reports/sign-offs/check", { from, to, class_id });
  const reading = read(office, path, isSignOffCheck);
  return html`<div role="status">${loaded(office, path, reading, (check) => counted(office, check))}</div>`;
}

function counted({ w, format }: Office, { expected, taken, not_taken, not_received }: SignOffCheck): TemplateResult {
  if (expected === 0) return html`<p>${w("signoff.nothing_expected")}</p>`;
  const count = expected - taken;
  if (count === 0) return html`<p class="banner banner-calm">${w("signoff.complete", { count: expected })}</p>`;
  return html`<div class="banner banner-warn">
    <p><span class="font-semibold">${w("signoff.missing", { count, expected: format.number(expected) })}</span>
      ${w("signoff.missing.parts", { not_taken: format.number(not_taken), not_received: format.number(not_received) })}</p>
  </div>`;
}
