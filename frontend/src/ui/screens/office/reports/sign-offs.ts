/** Periods that were signed off, newest first, and for the one that is open what has changed about it since. */
import { html, nothing, type TemplateResult } from "lit-html";
import { isAmendmentPage, isSignOffPage } from "../../../../office/shapes.ts";
import { classTitle, slotTitle } from "../../../../office/school.ts";
import { changesSince, shownSignOffs, type Amendment, type ShownSignOff, type SignOff } from "../../../../office/sign_offs.ts";
import { empty } from "../../../parts/empty.ts";
import { savedSign } from "../../../parts/saved.ts";
import { screen } from "../../../parts/screen.ts";
import type { Shown } from "../../../view.ts";
import { officeAddress, pathOf, read, type Office } from "../context.ts";
import { doneBar } from "../done.ts";
import { downloadButton } from "../download.ts";
import { loaded, moreButton } from "../loaded.ts";
import { signOffQuestion } from "./sign-off-question.ts";

/** The place of the screen among the reports. */
export const SIGN_OFFS = "sign-offs" as const;
const LIST = pathOf("/reports/sign-offs", { limit: "200" });

/** The screen. */
export function signOffsScreen(office: Office): TemplateResult {
  const { view, w, route, desk, may_write } = office;
  const open = route.query["sign_off"] ?? null;
  const begin = (): void => desk.change({ question: { about: "sign_off", from: null, to: null, class_id: null } });
  return screen(view, {
    title: w("report.sign-offs"),
    body: html`<a class="link no-print" href=${open === null ? officeAddress("reports") : officeAddress("reports", SIGN_OFFS)}>${w(open === null ? "report.back" : "signoff.back")}</a>
      <p class="text-soft">${w("report.sign-offs.about")}</p>
      ${may_write && open === null ? html`<button type="button" class="button button-main justify-self-start no-print" @click=${begin}>${w("signoff.new")}</button>` : nothing}
      ${list(office, open)} ${open === null ? downloadButton(office, "/reports/sign-offs") : amendments(office, open)} ${signOffQuestion(office)}`,
    footer: doneBar(office),
  });
}

function list(office: Office, open: string | null): Shown {
  const { w, orders, me, school } = office;
  const reading = read(office, LIST, isSignOffPage, true);
  return loaded(office, LIST, reading, ({ items }) => {
    const all = shownSignOffs(items, orders, me, (id) => classTitle(school, id));
    const shown = all.filter(({ item }) => open === null || item.sign_off_id === open);
    if (shown.length === 0) return empty(w("signoff.none"), w("signoff.none.how"));
    return html`<ul class="grid gap-2">${shown.map((one) => html`<li>${card(office, one, open !== null)}</li>`)}</ul>
      ${open === null ? moreButton(office, LIST, reading) : nothing}`;
  });
}

function card(office: Office, { item, saved }: ShownSignOff, is_open: boolean): TemplateResult {
  const { t, w, format, view } = office;
  const count = changesSince(item);
  const changes = count === 0 ? w("signoff.unchanged") : w("signoff.changed", { count });
  return html`<div class="card grid gap-1 p-3" data-sign-off=${item.sign_off_id}>
    <span class="flex flex-wrap items-baseline justify-between gap-2">
      <span class="font-semibold numbers">${daysOf(office, item)} · <bdi>${ofWhat(office, item)}</bdi></span>
      ${saved === null ? html`<span class="pill ${count === 0 ? "pill-present" : "pill-late"}">${changes}</span>` : savedSign(t, saved)}
    </span>
    <span class="text-sm text-soft">${w("signoff.by", { name: item.signed_by.name ?? w("person.unknown"), at: format.moment(item.signed_at, view.state.today) })}</span>
    ${item.note ? html`<span dir="auto">${item.note}</span>` : nothing}
    ${is_open || count === 0 ? nothing : html`<a class="link justify-self-start no-print" href=${officeAddress("reports", SIGN_OFFS, { sign_off: item.sign_off_id })}>${w("signoff.show")}</a>`}
  </div>`;
}

function daysOf({ w, format }: Office, { from, to }: SignOff): string {
  return w("signoff.days", { from: format.longDay(from), to: format.longDay(to) });
}

function ofWhat({ w, school }: Office, { class_id, class_title }: SignOff): string {
  return class_id == null ? w("signoff.school") : class_title ?? classTitle(school, class_id);
}

function amendments(office: Office, sign_off_id: string): TemplateResult {
  const { w } = office;
  const whole = `/reports/sign-offs/${encodeURIComponent(sign_off_id)}/amendments`;
  const path = pathOf(whole, { limit: "200" });
  const reading = read(office, path, isAmendmentPage, true);
  return html`<section class="grid gap-3" aria-labelledby="amendments">
    <h2 id="amendments">${w("signoff.changes")}</h2>
    ${loaded(office, path, reading, ({ items }) => items.length === 0
      ? html`<p class="text-soft">${w("signoff.unchanged")}</p>`
      : html`<ul class="card divide-y divide-line">${items.map((item) => html`<li class="p-3 grid gap-1">${amendment(office, item)}</li>`)}</ul> ${moreButton(office, path, reading)}`)}
    ${downloadButton(office, whole)}
  </section>`;
}

function amendment(office: Office, item: Amendment): TemplateResult {
  const { t, w, format, view, school } = office;
  const status = (word: string): string => t.word(`status.${word}`) ?? word;
  const now = item.kind === "entry" ? status(item.now) : wordOf(office, item) ?? item.now;
  const before = item.before == null ? "" : ` (${w("signoff.before", { before: status(item.before) })})`;
  const where = [item.class_title, item.slot == null ? null : slotTitle(school.roster, item.slot)].filter((part) => part != null);
  const days = item.to === item.from ? format.longDay(item.from) : item.to == null
    ? w("signoff.since_day", { from: format.longDay(item.from) }) : w("signoff.days", { from: format.longDay(item.from), to: format.longDay(item.to) });
  return html`<span class="flex flex-wrap items-baseline justify-between gap-2">
      <span><span class="pill">${w.word(`signoff.kind.${item.kind}`) ?? item.kind}</span>
        ${item.student_name == null ? nothing : html`<bdi class="font-semibold">${item.student_name}</bdi>`} ${now}${before}</span>
      ${item.session_id == null ? nothing : html`<a class="link no-print" href=${officeAddress("registers", item.session_id)}>${w("signoff.register")}</a>`}
    </span>
    <span class="text-sm text-soft numbers">${days}${where.length === 0 ? nothing : html` · <bdi>${where.join(" · ")}</bdi>`}</span>
    <span class="text-sm text-soft">${w("signoff.arrived", { name: item.by.name ?? w("person.unknown"), at: format.moment(item.recorded_at, view.state.today) })}</span>`;
}

/** What became of something, in the reader's words. */
function wordOf({ w }: Office, { kind, now }: Amendment): string | null {
  if (kind === "register") return w.word(`signoff.register.${now}`);
  return kind === "exception" ? w.word(`signoff.exception.${now}`) : w.word(`signoff.roster.${now}`);
}
