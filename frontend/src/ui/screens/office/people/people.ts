/** Students and classes: finding them, and who is in which class from when to when. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { Order } from "../../../../office/model.ts";
import type { RosterClass } from "../../../../core/roster.ts";
import { classTitle, findPupils, sizeOn, staffName, type Pupil } from "../../../../office/school.ts";
import { empty } from "../../../parts/empty.ts";
import { savedSign } from "../../../parts/saved.ts";
import { screen } from "../../../parts/screen.ts";
import type { Shown } from "../../../view.ts";
import { officeAddress, refine, type Office } from "../context.ts";
import { doneBar } from "../done.ts";
import { pupilPicker } from "../pupil-picker.ts";
import { classCovers, coverQuestion } from "./covers.ts";
import { doublesOf, mergeQuestion } from "./merge.ts";
import { IMPORT, importScreen } from "./import.ts";
import { rollQuestion } from "./questions.ts";

const MOST_FOUND = 30;

/** The classes, one class, or whoever fits what is typed. */
export function peopleScreen(office: Office): TemplateResult {
  if (office.route.id === IMPORT) return importScreen(office);
  const { view, t, w, route, school } = office;
  const one = school.classes.find(({ id }) => id === route.id);
  const { q = "", student } = route.query;
  const pupil = student === undefined ? undefined : school.pupils.get(student);
  const search = html`<label class="grid gap-1">
    <span class="font-semibold">${w("people.search")}</span>
    <input class="field" type="search" dir="auto" autocomplete="off" .value=${q} @input=${(event: Event) => refine(office, { q: (event.target as HTMLInputElement).value })} />
  </label>`;
  const body = one ? classBody(office, one) : pupil ? pupilBody(office, pupil) : html`<a class="button justify-self-start" href=${officeAddress("people", IMPORT)}>${w("import.open")}</a> ${search} ${q.trim() === "" ? classes(office) : found(office, q)}`;
  return screen(view, {
    title: one ? one.title : pupil ? pupil.name : t("nav.people"),
    body: html`${one || pupil ? html`<a class="link" href=${officeAddress("people")}>${w("people.back")}</a>` : nothing} ${body} ${rollQuestion(office, pupilPicker)} ${coverQuestion(office)} ${mergeQuestion(office, pupilPicker)}`,
    footer: doneBar(office),
  });
}

function classes({ w, school, view }: Office): TemplateResult {
  if (school.classes.length === 0) return empty(w("people.none"), w("people.none.how"));
  return html`<ul class="card divide-y divide-line" aria-label=${w("people.classes")}>
    ${school.classes.map((one) => html`<li><a class="flex items-center justify-between gap-2 p-3 min-h-11" href=${officeAddress("people", one.id)}>
      <bdi class="font-semibold">${one.title}</bdi> <span class="text-sm text-soft numbers">${w("people.size", { count: sizeOn(one, view.state.today ?? "") })}</span>
    </a></li>`)}
  </ul>`;
}

function found({ w, school, view }: Office, typed: string): TemplateResult {
  const pupils = findPupils(school, typed, MOST_FOUND);
  if (pupils.length === 0) return empty(w("pupil.none"), w("pupil.none.how"));
  return html`<ul class="card divide-y divide-line" aria-label=${w("pupil.found")}>
    ${pupils.map((pupil) => html`<li><a class="grid p-3 min-h-11" href=${officeAddress("people", null, { student: pupil.id })}>
      <bdi class="font-semibold">${pupil.name}</bdi>
      <span class="text-sm text-soft numbers">${[pupil.admission_number, ...new Set(pupil.enrolments.filter(({ until }) => until === null || until > (view.state.today ?? "")).map(({ class_title }) => class_title))].filter(Boolean).join(" · ")}</span>
    </a></li>`)}
  </ul>`;
}

function pupilBody(office: Office, pupil: Pupil): TemplateResult {
  const { w } = office;
  return html`<p class="numbers">${pupil.admission_number ?? nothing}</p>
    <a class="button justify-self-start" href=${officeAddress("exceptions", null, { student: pupil.id, state: "all" })}>${w("people.exceptions")}</a>
    <section aria-labelledby="enrolments">
      <h2 id="enrolments">${w("people.enrolments")}</h2>
      <ul class="card divide-y divide-line">
        ${pupil.enrolments.map((one) => html`<li class="p-3 flex flex-wrap items-center justify-between gap-2">
          <span><a class="link" href=${officeAddress("people", one.class_id)}><bdi>${one.class_title}</bdi></a> <span class="block text-sm text-soft numbers">${period(office, one)}</span></span>
          ${changes(office, one.class_id, pupil.id, one)}
        </li>`)}
      </ul>
    </section>
    ${doublesOf(office, pupil)}
    ${pending(office, ({ command }) => "student_id" in command && command.student_id === pupil.id)}`;
}

function classBody(office: Office, one: RosterClass): TemplateResult {
  const { w, may_write, desk } = office;
  return html`${may_write
      ? html`<button type="button" class="button justify-self-start" @click=${() => desk.change({ question: { about: "enrol", class_id: one.id, student_id: null } })}>${w("people.enrol")}</button>`
      : nothing}
    ${pending(office, ({ command }) => "class_id" in command && command.class_id === one.id)}
    ${classCovers(office, one)}
    ${one.students.length === 0
      ? empty(w("people.empty_class"), w("people.empty_class.how"))
      : html`<ul class="card divide-y divide-line" aria-label=${one.title}>
          ${one.students.map((student) => html`<li class="p-3 flex flex-wrap items-center justify-between gap-2">
            <span class="min-w-0"><span class="numbers text-sm text-soft">${student.admission_number ?? ""}</span>
              <a class="link" href=${officeAddress("people", null, { student: student.id })}><bdi>${student.name}</bdi></a>
              <span class="block text-sm text-soft numbers">${period(office, { from: student.from, until: student.until ?? null })}</span></span>
            ${changes(office, one.id, student.id, { from: student.from, until: student.until ?? null })}
          </li>`)}
        </ul>`}`;
}

/** `until` is the first day not in the class any more. */
function period({ w, format }: Office, { from, until }: { readonly from: string; readonly until: string | null }): string {
  return until === null ? w("people.since", { from: format.longDay(from) }) : w("people.from_until", { from: format.longDay(from), until: format.longDay(until) });
}

function changes({ w, may_write, desk, view }: Office, class_id: string, student_id: string, { from, until }: { readonly from: string; readonly until: string | null }): Shown {
  const { today } = view.state;
  if (!may_write || (until !== null && today !== null && until <= today)) return nothing;
  const question = (about: "withdraw" | "cancel") => (): void => desk.change({ question: { about, class_id, student_id, from } });
  return html`<span class="flex flex-wrap gap-2">
    <button type="button" class="button" @click=${question("withdraw")}>${w("people.withdraw")}</button>
    <button type="button" class="button button-plain" @click=${question("cancel")}>${w("people.cancel")}</button>
  </span>`;
}

/** A sign-off may be of a class, but changes nothing about who is in it. */
function isOfRoll({ command }: Order): boolean {
  return "class_id" in command && command.type !== "SignOffPeriod";
}

/** Changes of this device that the school's list cannot show yet. */
function pending({ t, w, state, orders, school }: Office, is_here: (order: Order) => boolean): Shown {
  const waiting = orders.filter((order) => isOfRoll(order) && is_here(order) && (order.answer === 0 || order.answer >= state.answers));
  if (waiting.length === 0) return nothing;
  return html`<ul class="card divide-y divide-line" aria-label=${w("people.pending")}>
    ${waiting.map(({ command, saved }) => "class_id" in command && command.type !== "SignOffPeriod"
      ? html`<li class="flex items-center justify-between gap-2 p-3">
          <span><bdi class="font-semibold">${("teacher_id" in command ? staffName(school, command.teacher_id) : school.pupils.get(command.student_id)?.name) ?? ""}</bdi> ${t.word(`command.${command.type}`) ?? command.type}
            <span class="text-sm text-soft"><bdi>${classTitle(school, command.class_id)}</bdi></span></span>
          ${savedSign(t, saved)}
        </li>`
      : nothing)}
  </ul>`;
}
