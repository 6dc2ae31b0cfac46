/** The questions before an excuse is refused, or says something else. */
import { html, nothing } from "lit-html";
import type { Shown } from "../../../view.ts";
import { ask } from "../ask.ts";
import { order, type Office } from "../context.ts";
import { reasonField, reasonOf } from "../fields.ts";
import { excuseFields, excuseOf } from "./fields.ts";

/** The question that is open, if it is one about an excuse. */
export function exceptionQuestion(office: Office): Shown {
  const { desk, w, school } = office;
  const { question } = desk;
  if (question?.about === "reject" || question?.about === "revoke") {
    const { about, exception_id, student_id } = question;
    const name = school.pupils.get(student_id)?.name ?? "";
    const type = about === "reject" ? "RejectException" : "RevokeException";
    // Whoever takes a revocation back wants it to count as before; a rejection has no way back but a new word.
    const undo = about === "revoke" ? { type: "ApproveException", exception_id, student_id } as const : null;
    return ask(office, {
      title: w(`exception.${about}.title`, { name }),
      body: html`<p>${w(`exception.${about}.body`)}</p>
        ${reasonField(office)}`,
      submit: w(`exception.${about}`),
      danger: true,
      onSubmit: (fields) => order(office, [{ type, exception_id, student_id, reason: reasonOf(fields) }], w(`exception.${about}.done`, { name }), undo),
    });
  }
  if (question?.about !== "amend") return nothing;
  const { exception_id, student_id, text } = question;
  const name = school.pupils.get(student_id)?.name ?? "";
  return ask(office, {
    title: w("exception.amend.title", { name }),
    body: html`${excuseFields(office, text, (part) => desk.change({ question: { ...question, text: { ...text, ...part } } }))}`,
    submit: w("exception.amend.submit"),
    onSubmit: () => order(office, [{ type: "AmendException", exception_id, student_id, ...excuseOf(text) }], w("exception.amended", { name }), null),
  });
}
