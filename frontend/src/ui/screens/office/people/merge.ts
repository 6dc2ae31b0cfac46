/** One child with two records: who counts under whom, and the questions before that changes. */
import { html, nothing, type TemplateResult } from "lit-html";
import { isStudentRate } from "../../../../office/shapes.ts";
import type { Pupil } from "../../../../office/school.ts";
import type { Shown } from "../../../view.ts";
import { ask } from "../ask.ts";
import { order, pathOf, read, type Office } from "../context.ts";
import { loaded } from "../loaded.ts";
import { about } from "../pupil-picker.ts";

type Picker = (office: Office, chosen: string | null, choose: (student_id: string | null) => void) => TemplateResult;

function rateOf(student_id: string): string {
  return pathOf("/reports/student-rate", { student_id });
}

/** The other records of the student, and the way to say that this one is another's. */
export function doublesOf(office: Office, pupil: Pupil): TemplateResult {
  const { w, may_write, desk } = office;
  const path = rateOf(pupil.id);
  const undo = (student_id: string, name: string) => (): void => desk.change({ question: { about: "unmerge", student_id, name, into: pupil.id } });
  return html`<section aria-labelledby="doubles">
    <h2 id="doubles">${w("merge.doubles")}</h2>
    ${loaded(office, path, read(office, path, isStudentRate), ({ doubles }) => doubles.length === 0
      ? html`<p class="text-soft">${w("merge.none")}</p>`
      : html`<ul class="card divide-y divide-line">${doubles.map(({ student_id, name, admission_number }) => html`<li class="p-3 flex flex-wrap items-center justify-between gap-2">
          <span><bdi class="font-semibold">${name}</bdi> <span class="text-sm text-soft numbers">${admission_number ?? ""}</span></span>
          ${may_write ? html`<button type="button" class="button" aria-label=${w("merge.undo.of", { name })} @click=${undo(student_id, name)}>${w("merge.undo")}</button>` : nothing}
        </li>`)}</ul>`)}
    ${may_write
      ? html`<button type="button" class="button justify-self-start" @click=${() => desk.change({ question: { about: "merge", student_id: pupil.id, into: null } })}>${w("merge.same_as")}</button>`
      : nothing}
  </section>`;
}

/** The question that is open, if it is one about two records of a child. */
export function mergeQuestion(office: Office, picker: Picker): Shown {
  const { question } = office.desk;
  if (question?.about === "merge") return askMerge(office, question.student_id, question.into, picker);
  if (question?.about === "unmerge") return askUndo(office, question);
  return nothing;
}

function askMerge(office: Office, student_id: string, into: string | null, picker: Picker): TemplateResult {
  const { w, desk, school } = office;
  const name = school.pupils.get(student_id)?.name ?? "";
  const other = into === null ? undefined : school.pupils.get(into);
  return ask(office, {
    title: w("merge.title", { name }),
    body: html`${record(office, student_id, w("merge.this"))}
      ${picker(office, into, (id) => desk.change({ question: { about: "merge", student_id, into: id } }))}
      ${into === null ? nothing : into === student_id ? html`<p role="alert">${w("merge.itself")}</p>` : record(office, into, w("merge.stays"))}
      <p class="text-sm text-soft">${w("merge.how")}</p>`,
    submit: w("merge.confirm"),
    ready: into !== null && into !== student_id,
    onSubmit: () => {
      if (into === null || into === student_id) return;
      order(office, [{ type: "MergeStudents", student_id, into }], w("merge.done", { name, into: other?.name ?? "" }), { type: "UndoMerge", student_id });
    },
  });
}

/** A record as it is told apart: number, classes, and how much was marked in this term. */
function record(office: Office, student_id: string, title: string): TemplateResult {
  const { w, format, school } = office;
  const pupil = school.pupils.get(student_id);
  const path = rateOf(student_id);
  return html`<div class="card p-3 grid gap-1">
    <span class="text-sm text-soft">${title}</span>
    <span><bdi class="font-semibold">${pupil?.name ?? w("pupil.unknown")}</bdi> <span class="text-sm text-soft numbers">${pupil ? about(office, pupil) : nothing}</span></span>
    ${loaded(office, path, read(office, path, isStudentRate), ({ sessions }) => html`<span class="text-sm numbers">${w("merge.counts", { marked: format.number(sessions.marked), absent: format.number(sessions.absent + sessions.excused) })}</span>`)}
  </div>`;
}

function askUndo(office: Office, { student_id, name, into }: { readonly student_id: string; readonly name: string; readonly into: string }): TemplateResult {
  const { w } = office;
  return ask(office, {
    title: w("merge.undo.title", { name }),
    body: html`<p>${w("merge.undo.how")}</p>`,
    submit: w("merge.undo"),
    danger: true,
    onSubmit: () => order(office, [{ type: "UndoMerge", student_id }], w("merge.undone", { name }), { type: "MergeStudents", student_id, into }),
  });
}
