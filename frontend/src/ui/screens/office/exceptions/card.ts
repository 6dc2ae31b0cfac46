/** One excuse: whose, when, why, who said so, what it overlaps with, and what can be decided. */
import { html, nothing, type TemplateResult } from "lit-html";
import { daysOf, overlapping, textOf, type ShownException } from "../../../../office/exceptions.ts";
import { slotTitle } from "../../../../office/school.ts";
import { savedSign } from "../../../parts/saved.ts";
import type { Shown } from "../../../view.ts";
import { officeAddress, order, type Office } from "../context.ts";
import { about } from "../pupil-picker.ts";

type Item = ShownException["item"];

const TONES: Readonly<Record<string, string>> = { pending: "pill-late", approved: "pill-excused", rejected: "pill-absent", revoked: "pill-unmarked" };

/** The card. `others` are the excuses that it may overlap with. */
export function exceptionCard(office: Office, { item, saved }: ShownException, others: readonly Item[]): TemplateResult {
  const { t, w, school } = office;
  const pupil = school.pupils.get(item.student_id);
  return html`<article class="card grid gap-2 p-3" data-exception=${item.id}>
    <div class="flex flex-wrap items-baseline justify-between gap-2">
      <h2 class="text-base font-semibold">
        <a class="link" href=${officeAddress("exceptions", null, { student: item.student_id, state: "all" })}><bdi>${pupil?.name ?? w("pupil.unknown")}</bdi></a>
        ${pupil ? html`<span class="text-sm font-normal text-soft numbers">${about(office, pupil)}</span>` : nothing}
      </h2>
      <span class="flex items-center gap-2">
        <span class="pill ${TONES[item.status] ?? ""}">${w.word(`exception.state.${item.status}`) ?? item.status}</span>
        ${saved ? savedSign(t, saved) : nothing}
      </span>
    </div>
    <p class="numbers">${when(office, item)} · ${t.word(`category.${item.category}`) ?? item.category}</p>
    ${item.reason ? html`<p dir="auto">${item.reason}</p>` : nothing}
    <p class="text-sm text-soft numbers">${said(office, item)}</p>
    ${overlaps(office, item, others)} ${decisions(office, item)}
  </article>`;
}

/** "Tue 24 Nov – Thu 26 Nov (3 days), Morning". */
export function when({ w, format, school }: Office, { start_date, end_date, slots }: Pick<Item, "start_date" | "end_date" | "slots">): string {
  const days = start_date === end_date
    ? format.day(start_date)
    : w("exception.days", { from: format.day(start_date), to: format.day(end_date), count: daysOf(start_date, end_date) });
  return slots == null ? days : `${days}, ${slots.map((slot) => slotTitle(school.roster, slot)).join(", ")}`;
}

function said({ w, format, view }: Office, item: Item): string {
  const at = (instant: string): string => format.moment(instant, view.state.today);
  const recorded = w("exception.recorded", { name: item.recorded_by.name ?? "", at: at(item.recorded_at) });
  if (!item.decided_by || !item.decided_at || item.status === "pending") return recorded;
  const decided = w.word(`exception.decided.${item.status}`, { name: item.decided_by.name ?? "", at: at(item.decided_at) }) ?? "";
  return [recorded, decided, item.decision_reason].filter(Boolean).join(" ");
}

function overlaps(office: Office, item: Item, others: readonly Item[]): Shown {
  const { w, t } = office;
  if (item.status !== "pending" && item.status !== "approved") return nothing;
  const found = overlapping({ ...item, slots: item.slots ?? null }, others);
  if (found.length === 0) return nothing;
  return html`<div class="banner banner-warn text-sm">
    ${found.map((other) => html`<p class="numbers">
      ${w("exception.overlaps", { when: when(office, other), category: t.word(`category.${other.category}`) ?? other.category, state: w.word(`exception.state.${other.status}`) ?? other.status })}
    </p>`)}
  </div>`;
}

function decisions(office: Office, item: Item): Shown {
  const { w, may_write, desk } = office;
  if (!may_write) return nothing;
  const { id: exception_id, student_id, status } = item;
  const ask = (about: "reject" | "revoke") => (): void => desk.change({ question: { about, exception_id, student_id } });
  const amend = (): void => desk.change({ question: { about: "amend", exception_id, student_id, text: textOf(item) } });
  return html`<div class="flex flex-wrap gap-2">
    ${status === "approved" ? nothing : html`<button type="button" class="button ${status === "pending" ? "button-main" : ""}" @click=${() => approve(office, item)}>
      ${w(status === "pending" ? "exception.approve" : "exception.approve.after_all")}
    </button>`}
    ${status === "pending" ? html`<button type="button" class="button button-danger" @click=${ask("reject")}>${w("exception.reject")}</button>` : nothing}
    ${status === "approved" ? html`<button type="button" class="button button-danger" @click=${ask("revoke")}>${w("exception.revoke")}</button>` : nothing}
    <button type="button" class="button" @click=${amend}>${w("exception.amend")}</button>
  </div>`;
}

function approve(office: Office, { id: exception_id, student_id }: Item): void {
  const { w, school } = office;
  const name = school.pupils.get(student_id)?.name ?? w("pupil.unknown");
  const undo = { type: "RevokeException", exception_id, student_id, reason: w("exception.undone") } as const;
  order(office, [{ type: "ApproveException", exception_id, student_id }], w("exception.approved", { name }), undo);
}
