/** Where two people said different things, or the roster changed after a register was closed: both sides, and which counts. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { components } from "../../../api/query-api.d.ts";
import { keyOfSession } from "../../../core/roster.ts";
import { entryStatus } from "../../../core/snapshot.ts";
import type { RegisterKey } from "../../../model.ts";
import { shownConflicts, type ShownConflict, type Statement } from "../../../office/conflicts.ts";
import { isConflictPage } from "../../../office/shapes.ts";
import { classTitle } from "../../../office/school.ts";
import { empty } from "../../parts/empty.ts";
import { savedSign } from "../../parts/saved.ts";
import { screen } from "../../parts/screen.ts";
import { statusPill } from "../../parts/statuses.ts";
import type { Shown } from "../../view.ts";
import { ask } from "./ask.ts";
import { officeAddress, order, pathOf, read, refine, type Office } from "./context.ts";
import { doneBar } from "./done.ts";
import { downloadButton } from "./download.ts";
import { choiceField, dateField, reasonField, reasonOf } from "./fields.ts";
import { loaded, moreButton } from "./loaded.ts";

type Side = components["schemas"]["ConflictSide"];

const STATES = ["open", "contested", "settled", "all"] as const;
const TONES: Readonly<Record<string, string>> = { open: "pill-late", contested: "pill-absent", settled: "pill-present" };

/** The screen. */
export function conflictsScreen(office: Office): TemplateResult {
  const { view, t, w } = office;
  const { from = null, to = null } = office.route.query;
  return screen(view, {
    title: t("nav.conflicts"),
    body: html`<p class="text-soft">${w("conflicts.about")}</p>
      ${filters(office)} ${list(office)} ${downloadButton(office, pathOf("/reports/conflicts", { from, to }))} ${contestQuestion(office)}`,
    footer: doneBar(office),
  });
}

function filters(office: Office): TemplateResult {
  const { w, route } = office;
  const { from = "", to = "", state = "unsettled" } = route.query;
  const states = [["unsettled", w("conflicts.unsettled")] as const, ...STATES.map((one) => [one, w.word(`conflicts.state.${one}`) ?? one] as const)];
  return html`<div class="filters" role="group" aria-label=${w("filter")}>
    ${choiceField(w("exception.state"), "state", state, states, (value) => refine(office, { state: value }))}
    ${dateField(w("from"), "from", from, (value) => refine(office, { from: value }), { max: to })}
    ${dateField(w("to"), "to", to, (value) => refine(office, { to: value }), { min: from })}
  </div>`;
}

function list(office: Office): Shown {
  const { w, route, orders, me } = office;
  const { from = null, to = null, state = "unsettled" } = route.query;
  const path = pathOf("/reports/conflicts", { from, to, limit: "200" });
  const reading = read(office, path, isConflictPage, true);
  return loaded(office, path, reading, ({ items }) => {
    // What this device has just settled stays in sight until the list is read again.
    const is_wanted = (one: ShownConflict): boolean =>
      state === "all" || (state === "unsettled" ? one.state !== "settled" || one.saved !== null : one.state === state);
    const shown = shownConflicts(items, orders, reading.answers, me).filter(is_wanted);
    const more = moreButton(office, path, reading);
    if (shown.length === 0) return html`${empty(w("conflicts.none"), w("conflicts.none.how"))} ${more}`;
    return html`<ul class="grid gap-2" aria-label=${w("conflicts.list")}>${shown.map((one) => html`<li>${card(office, one)}</li>`)}</ul> ${more}`;
  });
}

function card(office: Office, one: ShownConflict): TemplateResult {
  const { t, w, school, format } = office;
  const { item, state, saved, statement } = one;
  return html`<div class="card grid gap-2 p-3" data-conflict=${item.lost?.command_id ?? nothing}>
    <span class="flex flex-wrap items-baseline justify-between gap-2">
      <a class="link" href=${officeAddress("registers", item.session_id)}><span><bdi class="font-semibold">${item.student_name ?? school.pupils.get(item.student_id)?.name ?? ""}</bdi>
        <span class="text-soft"><bdi>${classTitle(school, item.class_id)}</bdi> · ${format.day(item.date)}</span></span></a>
      <span class="flex items-center gap-2"><span class="pill ${TONES[state] ?? ""}">${w.word(`conflicts.state.${state}`) ?? state}</span> ${saved === null ? nothing : savedSign(t, saved)}</span>
    </span>
    ${item.won ? side(office, w("conflicts.counts"), item.won) : nothing} ${item.lost ? side(office, w("conflicts.lost"), item.lost) : nothing}
    ${item.roster_change ? html`<span class="numbers">${rosterChange(office, item.roster_change)}</span>` : nothing}
    <span class="text-sm text-soft">${t.word(`conflicts.kind.${item.kind}`) ?? w.word(`conflicts.kind.${item.kind}`) ?? nothing}</span>
    ${statement === null ? nothing : said(office, statement)} ${decide(office, one)}
  </div>`;
}

/** Who insisted on the mark, or let it go. */
function said({ w, format, view }: Office, { by, at, reason }: Statement): TemplateResult {
  const values = { name: by, at: format.moment(at, view.state.today) };
  if (reason === null) return html`<p class="text-sm numbers">${w("conflicts.accepted_by", values)}</p>`;
  return html`<p class="text-sm numbers">${w("conflicts.contested_by", values)} <q dir="auto">${reason}</q></p>`;
}

/** Letting the mark go, or insisting on it. The last word decides, so each can be said after the other. */
function decide(office: Office, { item, can_accept, can_contest }: ShownConflict): Shown {
  const { w, may_write, desk, school, view, state } = office;
  const { lost, student_id, class_id, date, session_id } = item;
  // The parts of the day and the subjects are in the school's list.
  if (!may_write || state.roster === null || lost == null || !(can_accept || can_contest)) return nothing;
  const name = item.student_name ?? school.pupils.get(student_id)?.name ?? "";
  // Which register it is has to be found by its id, which is too much for every line whenever one is drawn.
  const decided = (decision: (about: { readonly session: RegisterKey; readonly student_id: string; readonly mark_id: string }) => void) => (): void => {
    const session = keyOfSession(school.roster, class_id, date, session_id);
    if (session !== null) decision({ session, student_id, mark_id: lost.command_id });
    else view.run(Promise.reject(new Error(`no slot and subject of the school make the register ${session_id}`)));
  };
  const accept = decided((about) => order(office, [{ type: "AcceptConflict", ...about }], w("conflicts.accepted", { name })));
  const contest = decided(({ session: key, ...about }) => desk.change({ question: { about: "contest", key, ...about, name } }));
  return html`<span class="flex flex-wrap gap-2">
    ${can_accept ? html`<button type="button" class="button" aria-label=${`${w("conflicts.accept")}: ${name}`} @click=${accept}>${w("conflicts.accept")}</button>` : nothing}
    ${can_contest ? html`<button type="button" class="button" aria-label=${`${w("conflicts.contest")}: ${name}`} @click=${contest}>${w("conflicts.contest")}</button>` : nothing}
  </span>`;
}

function contestQuestion(office: Office): Shown {
  const { w, desk: { question } } = office;
  if (question?.about !== "contest") return nothing;
  const { key, student_id, mark_id, name } = question;
  return ask(office, {
    title: w("conflicts.contest.title", { name }),
    body: html`<p>${w("conflicts.contest.how")}</p> ${reasonField(office)}`,
    submit: w("conflicts.contest"),
    onSubmit: (fields) => order(office, [{ type: "ContestMark", session: key, student_id, mark_id, reason: reasonOf(fields) }], w("conflicts.contested", { name })),
  });
}

function side({ t, w, format, view }: Office, label: string, { by, status, occurred_at }: Side): TemplateResult {
  return html`<span class="flex flex-wrap items-center gap-2 numbers">
    <span class="text-sm text-soft">${label}</span> ${statusPill(t, entryStatus(status))}
    ${w("conflicts.by", { name: by.name ?? "", at: format.moment(occurred_at, view.state.today) })}
  </span>`;
}

function rosterChange({ w, format, view }: Office, change: components["schemas"]["RosterChange"]): string {
  const values = { name: change.by.name ?? "", at: format.moment(change.recorded_at, view.state.today), closed: format.moment(change.closed_at, view.state.today) };
  return w(change.on_roster ? "conflicts.joined" : "conflicts.left", values);
}
