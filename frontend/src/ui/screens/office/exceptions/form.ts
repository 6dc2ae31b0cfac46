/** A new excuse. What it overlaps with is told while it is written. */
import { html, nothing, type TemplateResult } from "lit-html";
import { overlapping, shownExceptions } from "../../../../office/exceptions.ts";
import { isExceptionPage } from "../../../../office/shapes.ts";
import { empty } from "../../../parts/empty.ts";
import { screen } from "../../../parts/screen.ts";
import type { Shown } from "../../../view.ts";
import { officeAddress, order, pathOf, read, type Office } from "../context.ts";
import type { ExcuseForm } from "../desk.ts";
import { pupilPicker } from "../pupil-picker.ts";
import { when } from "./card.ts";
import { excuseFields, excuseOf } from "./fields.ts";

/** The form; for whoever may not write, what they can do instead. */
export function exceptionForm(office: Office): TemplateResult {
  const { view, w, may_write } = office;
  const body = may_write ? form(office) : empty(w("look_only"), w("look_only.how"));
  return screen(view, { title: w("exception.new"), body: html`<a class="link" href=${officeAddress("exceptions")}>${w("exception.back")}</a> ${body}` });
}

function form(office: Office): TemplateResult {
  const { desk, w } = office;
  const written = desk.form ?? fresh(office);
  const change = (part: Partial<ExcuseForm>): void => desk.change({ form: { ...(desk.form ?? written), ...part } });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (written.student_id !== null) save(office, written, written.student_id);
  };
  return html`<form class="card grid gap-4 p-4 form" @submit=${submit}>
    ${pupilPicker(office, written.student_id, (student_id) => change({ student_id }))} ${excuseFields(office, written, change)} ${overlaps(office, written)}
    <button class="button button-main justify-self-start" ?disabled=${written.student_id === null}>${w("exception.record")}</button>
    <p class="text-sm text-soft">${w("exception.record.how")}</p>
  </form>`;
}

function fresh({ view, route }: Office): ExcuseForm {
  const today = view.state.today ?? new Date().toISOString().slice(0, 10);
  return { student_id: route.query["student"] ?? null, category: "medical", start_date: today, end_date: today, slots: null, reason: "" };
}

function overlaps(office: Office, written: ExcuseForm): Shown {
  const { orders, me, t, w } = office;
  const { student_id } = written;
  if (student_id === null) return nothing;
  const reading = read(office, pathOf("/exceptions", { student_id, limit: "100" }), isExceptionPage);
  const all = shownExceptions(reading.body?.items ?? [], orders, reading.answers, me).map(({ item }) => item);
  const found = overlapping({ id: null, ...written, student_id }, all);
  return html`<div role="status">
    ${found.map((other) => html`<p class="banner banner-warn numbers">
      ${w("exception.overlaps", { when: when(office, other), category: t.word(`category.${other.category}`) ?? other.category, state: w.word(`exception.state.${other.status}`) ?? other.status })}
    </p>`)}
  </div>`;
}

function save(office: Office, written: ExcuseForm, student_id: string): void {
  const { w, school } = office;
  const exception_id = crypto.randomUUID();
  const name = school.pupils.get(student_id)?.name ?? "";
  const undo = { type: "RevokeException", exception_id, student_id, reason: w("exception.undone") } as const;
  order(office, [{ type: "RecordException", exception_id, student_id, ...excuseOf(written) }], w("exception.recorded_now", { name }), undo);
  location.hash = officeAddress("exceptions", null, { student: student_id, state: "all" });
}
