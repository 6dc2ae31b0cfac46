/** The question for a register that has no card: of another subject or part of the day, or on a day without school. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { DateText, DayView, RegisterKey } from "../../model.ts";
import { dialog } from "../parts/dialog.ts";
import { addressOf } from "../routing.ts";
import type { Shown, View } from "../view.ts";

/** The question, if it is asked. */
export function lessonQuestion(view: View): Shown {
  const { t, address: { route }, state: { day, today } } = view;
  const date = (route.name === "today" ? route.date : null) ?? today;
  if (view.local.dialog?.name !== "lesson" || day === null || date === null) return nothing;
  return dialog(view, {
    title: t("lesson.title", { day: view.format.day(date) }),
    body: html`${lessonField(view, day, date)} ${subjectField(view, day)}
      ${day.has_school ? nothing : html`<p class="text-soft">${t("lesson.no_school")}</p>`}`,
    submit: html`<button class="button button-main">${t("attention.open")}</button>`,
    onSubmit: (fields) => {
      const { subject_id, ...lesson } = JSON.parse(String(fields.get("lesson"))) as RegisterKey;
      location.hash = addressOf({ name: "register", key: { ...lesson, subject_id: String(fields.get("subject") ?? "") || subject_id } });
    },
  });
}

/** Classes and the parts of the day in one list, for somebody who covers a class has only some of its parts. */
function lessonField({ t }: View, { classes }: DayView, date: DateText): TemplateResult {
  const options = classes.map(({ class_id, title, slots }) => html`<optgroup label=${title}>
    ${slots.map((one) => {
      const key: RegisterKey = { class_id, date, slot: one.slot, subject_id: null };
      return html`<option value=${JSON.stringify(key)}>${title} · ${one.title ?? t("register.whole_day")}</option>`;
    })}
  </optgroup>`);
  return html`<label class="grid gap-1">
    <span class="font-semibold">${t("lesson.class")}</span>
    <select class="field" name="lesson" autofocus>${options}</select>
  </label>`;
}

function subjectField({ t }: View, { subjects }: DayView): Shown {
  if (subjects.length === 0) return nothing;
  return html`<label class="grid gap-1">
    <span class="font-semibold">${t("lesson.subject")}</span>
    <select class="field" name="subject">
      <option value="">${t("lesson.no_subject")}</option>
      ${subjects.map(({ id, title }) => html`<option value=${id}>${title}</option>`)}
    </select>
  </label>`;
}
