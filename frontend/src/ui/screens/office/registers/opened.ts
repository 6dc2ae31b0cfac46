/** One register as the office sees it: who was marked what by whom, and what the office has put right, for the record. */
import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { officeRegister, type OfficeEntry, type OfficeRegister } from "../../../../office/register.ts";
import { isSessionAnswer } from "../../../../office/shapes.ts";
import { classTitle, lessonOf, staffName } from "../../../../office/school.ts";
import { empty } from "../../../parts/empty.ts";
import { lessonName } from "../../../parts/register-name.ts";
import { savedSign } from "../../../parts/saved.ts";
import { screen } from "../../../parts/screen.ts";
import { statusPill } from "../../../parts/statuses.ts";
import { addressOf } from "../../../routing.ts";
import type { Shown } from "../../../view.ts";
import { officeAddress, read, type Office } from "../context.ts";
import { doneBar } from "../done.ts";
import { loaded } from "../loaded.ts";
import { legalRecord } from "./legal-record.ts";
import { registerQuestion } from "./questions.ts";

/** The screen of the register with this id. */
export function openedRegister(office: Office, session_id: string): TemplateResult {
  const { view, t, school, orders, me, format } = office;
  const path = `/sessions/${encodeURIComponent(session_id)}`;
  const reading = read(office, path, isSessionAnswer, true);
  const register = reading.body === null ? null : officeRegister(reading.body, orders, reading.answers, me);
  return screen(view, {
    title: register ? classTitle(school, register.key.class_id) || office.w("class.unknown") : t("register.title"),
    ...(register ? { subtitle: `${format.longDay(register.key.date)} · ${lessonName(t, lessonOf(school, register.key))}` } : {}),
    body: html`<p class="flex flex-wrap gap-x-4"><a class="link" href=${backAddress(register)}>${office.w("registers.back")}</a>
        <a class="link" href=${officeAddress("audit", session_id)}>${office.w("search.register")}</a></p>
      ${loaded(office, path, reading, () => (register ? body(office, register) : nothing))} ${registerQuestion(office)}`,
    footer: doneBar(office),
  });
}

function backAddress(register: OfficeRegister | null): string {
  return officeAddress("registers", null, register ? { class: register.key.class_id, date: register.key.date } : {});
}

function body(office: Office, register: OfficeRegister): Shown {
  const { w } = office;
  return html`${state(office, register)}
    ${register.entries.length === 0
      ? empty(office.t("register.none"), office.t("register.none.how"))
      : html`<ul class="card divide-y divide-line" aria-label=${w("registers.entries")}>
          ${repeat(register.entries, (entry) => entry.student_id, (entry) => html`<li class="office-entry p-3" data-student=${entry.student_id}>${entryLine(office, register, entry)}</li>`)}
        </ul>`}`;
}

/** Whether it is open, closed by whom, or void. */
export function registerWords({ t, w, format, school, view }: Office, register: OfficeRegister): string {
  if (register.void) return t("register.voided");
  if (register.status === "open") return w("registers.open");
  const at = register.closed_at === null ? "" : format.moment(register.closed_at, view.state.today);
  const name = staffName(school, register.closed_by);
  return name ? t("register.closed_by", { name, at }) : t("register.closed_at", { at });
}

function state(office: Office, register: OfficeRegister): TemplateResult {
  const { t, w, may_write, desk } = office;
  const { key, closed_at } = register;
  const question = (about: "reopen" | "void" | "restore") => (): void => desk.change({ question: { about, key, closed_at } });
  return html`<div class="banner ${register.void ? "banner-warn" : "banner-calm"}">
    <p>${registerWords(office, register)} ${register.saved ? savedSign(t, register.saved) : nothing}</p>
    ${may_write ? html`<span class="flex flex-wrap gap-2">
      ${register.void
        ? html`<button type="button" class="button" @click=${question("restore")}>${t("register.restore")}</button>`
        : html`${register.status === "open"
              ? html`<a class="button" href=${addressOf({ name: "register", key })}>${w("registers.take")}</a>`
              : html`<button type="button" class="button" @click=${question("reopen")}>${t("register.reopen")}</button>`}
            <button type="button" class="button" @click=${question("void")}>${t("register.void")}</button>`}
    </span>` : nothing}
  </div>`;
}

/** What the register says of one student, with the way to correct it for whoever may. */
export function entryLine(office: Office, { key }: OfficeRegister, entry: OfficeEntry): TemplateResult {
  const { t, w, format, view, may_write, desk } = office;
  return html`<div class="flex flex-wrap items-start justify-between gap-2">
      <span class="min-w-0 grow">
        <span class="numbers text-sm text-soft">${entry.admission_number ?? ""}</span> <bdi class="font-semibold">${entry.name}</bdi>
        ${entry.on_roster ? nothing : html`<span class="pill">${t("register.off_roster")}</span>`}
        <span class="block text-sm text-soft numbers">
          ${entry.marked_by !== null && entry.marked_at !== null && entry.record === null
            ? w("registers.marked", { name: entry.marked_by, at: format.moment(entry.marked_at, view.state.today) })
            : nothing}
          ${entry.remarks ? html`<span dir="auto" class="block text-ink">${entry.remarks}</span>` : nothing}
        </span>
      </span>
      <span class="flex flex-wrap items-center gap-2">
        ${entry.minutes_late === null ? nothing : html`<span class="text-sm numbers">${w("minutes", { count: entry.minutes_late })}</span>`}
        ${statusPill(t, entry.status)}
        ${entry.counts_as === entry.status ? nothing : html`<span class="text-sm">${w("registers.counts_as")}</span> ${statusPill(t, entry.counts_as)}`}
        ${entry.saved ? savedSign(t, entry.saved) : nothing}
        ${may_write
          ? html`<button type="button" class="button" aria-label=${w("correct.of", { name: entry.name })} @click=${() => desk.change({ question: { about: "correct", key, entry } })}>${w("correct")}</button>`
          : nothing}
      </span>
    </div>
    ${entry.record ? legalRecord(office, entry.record) : nothing}`;
}
