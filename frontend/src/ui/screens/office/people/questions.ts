/** The questions before somebody comes into a class or leaves it. */
import { html, nothing, type TemplateResult } from "lit-html";
import { classTitle } from "../../../../office/school.ts";
import type { Shown } from "../../../view.ts";
import { ask } from "../ask.ts";
import { order, type Office } from "../context.ts";
import { dateField, textOf } from "../fields.ts";

type Picker = (office: Office, chosen: string | null, choose: (student_id: string | null) => void) => TemplateResult;

/** The question that is open, if it is one about a class's roll. */
export function rollQuestion(office: Office, picker: Picker): Shown {
  const { question } = office.desk;
  if (question?.about === "enrol") return askEnrol(office, question.class_id, question.student_id, picker);
  if (question?.about === "withdraw") return askWithdraw(office, question);
  if (question?.about === "cancel") return askCancel(office, question);
  return nothing;
}

function askEnrol(office: Office, class_id: string, student_id: string | null, picker: Picker): TemplateResult {
  const { w, desk, school, view } = office;
  return ask(office, {
    title: w("people.enrol.title", { class: classTitle(school, class_id) }),
    body: html`${picker(office, student_id, (id) => desk.change({ question: { about: "enrol", class_id, student_id: id } }))}
      ${dateField(w("people.first_day"), "from", view.state.today ?? "", () => undefined, { required: true })}`,
    submit: w("people.enrol"),
    ready: student_id !== null,
    onSubmit: (fields) => {
      if (student_id === null) return;
      const from = textOf(fields, "from");
      const name = school.pupils.get(student_id)?.name ?? "";
      order(office, [{ type: "EnrolStudent", class_id, student_id, from }], w("people.enrolled", { name }), { type: "CancelEnrolment", class_id, student_id, from });
    },
  });
}

interface Enrolment {
  readonly class_id: string;
  readonly student_id: string;
  readonly from: string;
}

function askWithdraw(office: Office, { class_id, student_id, from }: Enrolment): TemplateResult {
  const { w, school, view } = office;
  const name = school.pupils.get(student_id)?.name ?? "";
  return ask(office, {
    title: w("people.withdraw.title", { name, class: classTitle(school, class_id) }),
    body: html`${dateField(w("people.first_day_out"), "until", view.state.today ?? "", () => undefined, { required: true, min: from })}
      <p class="text-soft">${w("people.withdraw.how")}</p>`,
    submit: w("people.withdraw"),
    danger: true,
    onSubmit: (fields) => order(office, [{ type: "WithdrawStudent", class_id, student_id, until: textOf(fields, "until") }], w("people.withdrawn", { name })),
  });
}

function askCancel(office: Office, { class_id, student_id, from }: Enrolment): TemplateResult {
  const { w, school } = office;
  const name = school.pupils.get(student_id)?.name ?? "";
  return ask(office, {
    title: w("people.cancel.title", { name, class: classTitle(school, class_id) }),
    body: html`<p>${w("people.cancel.how")}</p>`,
    submit: w("people.cancel"),
    danger: true,
    onSubmit: () => order(office, [{ type: "CancelEnrolment", class_id, student_id, from }], w("people.cancelled", { name }), { type: "EnrolStudent", class_id, student_id, from }),
  });
}
