/** Where two people said different things, or the roster changed after a register was closed: both sides, and which counts. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { components } from "../../../api/query-api.d.ts";
import { entryStatus } from "../../../core/snapshot.ts";
import { isConflictPage } from "../../../office/shapes.ts";
import { classTitle } from "../../../office/school.ts";
import { empty } from "../../parts/empty.ts";
import { screen } from "../../parts/screen.ts";
import { statusPill } from "../../parts/statuses.ts";
import type { Shown } from "../../view.ts";
import { officeAddress, pathOf, read, refine, type Office } from "./context.ts";
import { downloadButton } from "./download.ts";
import { choiceField, dateField } from "./fields.ts";
import { loaded, moreButton } from "./loaded.ts";

type ConflictItem = components["schemas"]["ConflictItem"];
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
      ${filters(office)} ${list(office)} ${downloadButton(office, pathOf("/reports/conflicts", { from, to }))}`,
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
  const { w, route } = office;
  const { from = null, to = null, state = "unsettled" } = route.query;
  const path = pathOf("/reports/conflicts", { from, to, limit: "200" });
  const reading = read(office, path, isConflictPage, true);
  return loaded(office, path, reading, ({ items }) => {
    const shown = items.filter((item) => state === "all" || (state === "unsettled" ? item.state !== "settled" : item.state === state));
    const more = moreButton(office, path, reading);
    if (shown.length === 0) return html`${empty(w("conflicts.none"), w("conflicts.none.how"))} ${more}`;
    return html`<ul class="grid gap-2" aria-label=${w("conflicts.list")}>${shown.map((item) => html`<li>${card(office, item)}</li>`)}</ul> ${more}`;
  });
}

function card(office: Office, item: ConflictItem): TemplateResult {
  const { t, w, school, format } = office;
  return html`<a class="card register-card grid gap-2 p-3" href=${officeAddress("registers", item.session_id)}>
    <span class="flex flex-wrap items-baseline justify-between gap-2">
      <span><bdi class="font-semibold">${item.student_name ?? school.pupils.get(item.student_id)?.name ?? ""}</bdi>
        <span class="text-soft"><bdi>${classTitle(school, item.class_id)}</bdi> · ${format.day(item.date)}</span></span>
      <span class="pill ${TONES[item.state] ?? ""}">${w.word(`conflicts.state.${item.state}`) ?? item.state}</span>
    </span>
    ${item.won ? side(office, w("conflicts.counts"), item.won) : nothing} ${item.lost ? side(office, w("conflicts.lost"), item.lost) : nothing}
    ${item.roster_change ? html`<span class="numbers">${rosterChange(office, item.roster_change)}</span>` : nothing}
    <span class="text-sm text-soft">${t.word(`conflicts.kind.${item.kind}`) ?? w.word(`conflicts.kind.${item.kind}`) ?? nothing}</span>
  </a>`;
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
