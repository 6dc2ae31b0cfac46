/** The child at the desk: in which registers of today they are, how late they are for each, and the button that says so. */
import { html, nothing, type TemplateResult } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import { arrivalRegister, type ArrivalRegister } from "../../../../office/arrivals.ts";
import { officeRegister } from "../../../../office/register.ts";
import { isSessionAnswer, isSessionPage } from "../../../../office/shapes.ts";
import { classTitle, lessonOf, type Pupil } from "../../../../office/school.ts";
import { instant } from "../../../../core/clock.ts";
import { LONGEST_TEXT, MOST_MINUTES_LATE, type DateText, type InstantText } from "../../../../model.ts";
import { empty } from "../../../parts/empty.ts";
import { lessonName } from "../../../parts/register-name.ts";
import { statusPill } from "../../../parts/statuses.ts";
import type { Shown } from "../../../view.ts";
import { officeAddress, order, pathOf, read, type Office } from "../context.ts";
import type { Arrival } from "../desk.ts";
import { reasonOf, textOf } from "../fields.ts";
import { loaded } from "../loaded.ts";
import { about } from "../pupil-picker.ts";

/** Now, by the best estimate of the server's clock. */
export function nowAt({ view }: Office): InstantText {
  return instant(Date.now() - (view.state.sync.clock_wrong_by_ms ?? 0));
}

/** Scans that were recorded without a further word: each once. */
const done_at_once = new WeakSet<Arrival>();

/** Whoever was chosen, with the registers of the day. */
export function atTheDesk(office: Office, arrival: Arrival, today: DateText): TemplateResult {
  const { w, t, school, format, desk } = office;
  const pupil = school.pupils.get(arrival.student_id);
  return html`<section class="card form" aria-labelledby="arrival">
    <h2 id="arrival"><bdi>${pupil?.name ?? w("pupil.unknown")}</bdi></h2>
    <p class="text-sm text-soft numbers">${pupil ? about(office, pupil) : nothing} ${w("arrivals.came", { at: format.time(arrival.at) })}</p>
    ${pupil ? registers(office, arrival, pupil, today) : nothing}
    <button type="button" class="button button-plain" @click=${() => desk.change({ arrival: null })}>${t("dialog.cancel")}</button>
  </section>`;
}

/** The registers of the student's classes, each read with its entries; then the form. */
function registers(office: Office, arrival: Arrival, pupil: Pupil, today: DateText): Shown {
  const { w } = office;
  const classes = pupil.enrolments.filter(({ from, until }) => from <= today && (until === null || today < until));
  const lists = classes.map(({ class_id }) => {
    const path = pathOf("/sessions", { class_id, date: today, limit: "200" });
    return { path, reading: read(office, path, isSessionPage, true) };
  });
  const unread = lists.find(({ reading }) => reading.body === null);
  if (unread !== undefined) return loaded(office, unread.path, unread.reading, () => nothing);
  const answers = lists.flatMap(({ reading }) => reading.body?.items ?? []).filter((item) => !item.void).map(({ id }) => {
    const path = `/sessions/${encodeURIComponent(id)}`;
    return { path, reading: read(office, path, isSessionAnswer, true) };
  });
  const missing = answers.find(({ reading }) => reading.body === null);
  if (missing !== undefined) return loaded(office, missing.path, missing.reading, () => nothing);
  const found = answers.flatMap(({ reading: { body, answers: known } }) =>
    body === null ? [] : arrivalRegister(office.school.roster, body.id, officeRegister(body, office.orders, known, office.me), pupil.id, arrival.at) ?? []);
  if (found.length === 0) return empty(w("arrivals.no_register"), w("arrivals.no_register.how"));
  // An answer of before may say otherwise than the one that is on its way.
  const is_fresh = [...lists, ...answers].every(({ reading }) => !reading.busy && reading.problem === null);
  atOnce(office, arrival, pupil, found, is_fresh);
  return form(office, arrival, pupil, found);
}

function atOnce(office: Office, arrival: Arrival, pupil: Pupil, found: readonly ArrivalRegister[], is_fresh: boolean): void {
  const wanted = found.filter(({ is_closed, falls_in, minutes }) => is_closed && falls_in && minutes !== null);
  if (!arrival.is_scanned || !is_fresh || wanted.length === 0 || done_at_once.has(arrival)) return;
  done_at_once.add(arrival);
  // Not while the screen is being drawn.
  queueMicrotask(() => record(office, arrival, pupil, wanted.map((register) => ({ register, minutes: register.minutes ?? 0 })), usualReason(office, arrival)));
}

function form(office: Office, arrival: Arrival, pupil: Pupil, found: readonly ArrivalRegister[]): TemplateResult {
  const { t, w } = office;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const fields = new FormData(event.target as HTMLFormElement);
    const wanted = found.filter(({ is_closed, session_id }) => is_closed && fields.has(`in ${session_id}`));
    const said = wanted.map((register) => ({ register, minutes: Number.parseInt(textOf(fields, `minutes ${register.session_id}`), 10) }));
    record(office, arrival, pupil, said.filter(({ minutes }) => Number.isFinite(minutes)), reasonOf(fields));
  };
  const is_any_closed = found.some(({ is_closed }) => is_closed);
  return html`<form class="grid gap-3" @submit=${submit}>
    <ul class="divide-y divide-line" aria-label=${w("arrivals.registers")}>${found.map((one) => html`<li class="grid gap-2 py-2">${line(office, one)}</li>`)}</ul>
    ${is_any_closed
      ? html`<label class="grid gap-1">
            <span class="font-semibold">${t("reason")}</span>
            <input class="field" name="reason" dir="auto" required pattern=".*\\S.*" maxlength=${LONGEST_TEXT} autocomplete="off" value=${usualReason(office, arrival)} />
          </label>
          <button class="button button-main" ${ref(focus)}>${w("arrivals.record")}</button>`
      : html`<p class="banner banner-calm">${w("arrivals.all_open")}</p>`}
  </form>`;
}

/** The next press of Enter records. */
function focus(element: Element | undefined): void {
  // It is drawn into the page in the next moment.
  requestAnimationFrame(() => element instanceof HTMLElement && element.focus());
}

function line({ t, w, school }: Office, { session_id, key, is_closed, entry, minutes, falls_in }: ArrivalRegister): TemplateResult {
  const name = html`<bdi class="font-semibold">${classTitle(school, key.class_id)}</bdi> · ${lessonName(t, lessonOf(school, key))}`;
  if (!is_closed) {
    return html`<p>${name} ${statusPill(t, entry.status)}</p>
      <p class="text-sm text-soft">${w("arrivals.open")} <a class="link" href=${officeAddress("registers", session_id)}>${w("arrivals.look")}</a></p>`;
  }
  return html`<label class="tick-line">
      <input type="checkbox" class="tick" name="in ${session_id}" ?checked=${falls_in} /> <span>${name} ${statusPill(t, entry.status)}</span>
    </label>
    <label class="grid gap-1">
      <span class="text-sm">${w("column.minutes_late")}</span>
      <input class="field numbers late-minutes" type="number" name="minutes ${session_id}" min="0" max=${MOST_MINUTES_LATE} step="1" value=${minutes ?? ""} />
    </label>`;
}

function usualReason({ w, format }: Office, { at }: Arrival): string {
  return w("arrivals.reason", { at: format.time(at) });
}

interface Said {
  readonly register: ArrivalRegister;
  readonly minutes: number;
}

function record(office: Office, arrival: Arrival, pupil: Pupil, said: readonly Said[], reason: string): void {
  const { w, desk } = office;
  if (said.length === 0 || desk.arrival !== arrival) return;
  const { student_id } = arrival;
  desk.change({ arrival: null });
  order(office, said.map(({ register: { key, entry }, minutes }) => {
    const { status, minutes_late, remarks } = entry;
    return { type: "RecordArrival", session: key, student_id, minutes_late: minutes, reason, before: { status, minutes_late, remarks } };
  }), w("arrivals.done", { name: pupil.name }));
}
