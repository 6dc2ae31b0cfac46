/** Excuses: those that wait for a word of the office first; all others by state, days and student. */
import { html, nothing, type TemplateResult } from "lit-html";
import { shownExceptions } from "../../../../office/exceptions.ts";
import { isExceptionPage } from "../../../../office/shapes.ts";
import { empty } from "../../../parts/empty.ts";
import { screen } from "../../../parts/screen.ts";
import type { Shown } from "../../../view.ts";
import { officeAddress, pathOf, read, refine, type Office } from "../context.ts";
import { doneBar } from "../done.ts";
import { choiceField, dateField } from "../fields.ts";
import { loaded, moreButton } from "../loaded.ts";
import { pupilPicker } from "../pupil-picker.ts";
import { exceptionCard } from "./card.ts";
import { exceptionForm } from "./form.ts";
import { exceptionQuestion } from "./questions.ts";

/** In the order of the filter. */
const STATES = ["pending", "approved", "rejected", "revoked"] as const;
/** More than one student ever has at a time. */
const PAGE = 100;

/** The list, or the form of a new one. */
export function exceptionsScreen(office: Office): TemplateResult {
  const { view, t, w, route, may_write } = office;
  if (route.id === "new") return exceptionForm(office);
  return screen(view, {
    title: t("nav.exceptions"),
    body: html`${may_write
        ? html`<a class="button button-main justify-self-start" href=${officeAddress("exceptions", "new", { student: route.query["student"] ?? null })}>${w("exception.new")}</a>`
        : nothing}
      ${filters(office)} ${list(office)} ${exceptionQuestion(office)}`,
    footer: doneBar(office),
  });
}

/** Those that wait, unless something else was chosen. */
function stateOf({ route }: Office): string {
  const { state, student } = route.query;
  return state ?? (student ? "all" : "pending");
}

function filters(office: Office): TemplateResult {
  const { w, route } = office;
  const { from = "", to = "", student = null } = route.query;
  const states = [...STATES, "all"].map((state) => [state, w.word(`exception.state.${state}`) ?? state] as const);
  return html`<div class="filters" role="group" aria-label=${w("filter")}>
    ${choiceField(w("exception.state"), "state", stateOf(office), states, (state) => refine(office, { state }))}
    ${dateField(w("from"), "from", from, (value) => refine(office, { from: value }), { max: to })}
    ${dateField(w("to"), "to", to, (value) => refine(office, { to: value }), { min: from })}
    ${pupilPicker(office, student, (id) => refine(office, { student: id, state: null }))}
  </div>`;
}

function list(office: Office): Shown {
  const { route, orders, me, w } = office;
  const wanted = stateOf(office);
  const { from = null, to = null, student = null } = route.query;
  const path = pathOf("/exceptions", { status: wanted === "all" ? null : wanted, from, to, student_id: student, limit: String(PAGE) });
  const reading = read(office, path, isExceptionPage);
  return loaded(office, path, reading, ({ items }) => {
    const shown = shownExceptions(items, orders, reading.answers, me).filter(({ item }) => student === null || item.student_id === student);
    if (shown.length === 0) {
      const is_inbox = wanted === "pending" && student === null;
      return empty(w(is_inbox ? "exception.none.pending" : "exception.none"), w(is_inbox ? "exception.none.pending.how" : "exception.none.how"));
    }
    const neighbours = neighboursOf(office, shown.map(({ item }) => item));
    return html`<ul class="grid gap-2" aria-label=${w("exception.list")}>
        ${shown.map((one) => html`<li>${exceptionCard(office, one, neighbours)}</li>`)}
      </ul>
      ${moreButton(office, path, reading)}`;
  });
}

type Item = ReturnType<typeof shownExceptions>[number]["item"];

/** What holds in the same days, so that a decision is not made in the dark. Nothing until it is read. */
function neighboursOf(office: Office, items: readonly Item[]): readonly Item[] {
  if (!items.some(({ status }) => status === "pending")) return items;
  const from = items.map((item) => item.start_date).sort()[0] ?? null;
  const to = items.map((item) => item.end_date).sort().at(-1) ?? null;
  const reading = read(office, pathOf("/exceptions", { status: "approved", from, to, limit: "500" }), isExceptionPage);
  return [...items, ...(reading.body?.items ?? []).filter((other) => !items.some(({ id }) => id === other.id))];
}
