/** Every event of a register in the order of arrival: what it changed, who said it from where, when, and why it counts or not. */
import { html, nothing, type TemplateResult } from "lit-html";
import { aboutOf, EVENT_TYPES } from "../../../../office/audit.ts";
import { standingOf, statusOf, verdictOf, type HistoryEvent } from "../../../../office/register_history.ts";
import type { Shown } from "../../../view.ts";
import type { Office } from "../context.ts";
import { change, standingWords } from "./change.ts";
import { momentWords } from "./moments.ts";

/** The list. */
export function timeline(office: Office, events: readonly HistoryEvent[]): TemplateResult {
  return html`<ol class="card divide-y divide-line" aria-labelledby="happened">
    ${events.map((event) => html`<li class="grid grid-cols-1 gap-1 p-3" data-event=${event.type}>${line(office, event, events)}</li>`)}
  </ol>`;
}

function line(office: Office, event: HistoryEvent, events: readonly HistoryEvent[]): TemplateResult {
  const { w } = office;
  const role = event.actor_role == null ? null : w.word(`role.${event.actor_role}`) ?? event.actor_role;
  return html`<span class="font-semibold">${eventWords(office, event)}${aboutWhom(office, event)}</span>
    ${changes(office, event)}
    ${event.reason == null ? nothing : html`<span dir="auto">${event.reason}</span>`}
    <span class="text-sm"><bdi>${event.actor.name ?? w("person.unknown")}</bdi>${role === null ? nothing : html` (${role})`} ·
      ${event.device_id == null ? w("replay.device.none") : w("replay.device", { id: event.device_id.slice(-6) })}</span>
    <span class="text-sm text-soft numbers">${w("search.happened", { at: momentWords(office, event.occurred_at) })} · ${w("search.arrived", { at: momentWords(office, event.recorded_at) })}
      ${event.arrived_late ? w("replay.late") : nothing}</span>
    <span class="text-sm">${verdictWords(office, event, events)}</span>`;
}

/** What happened; the stored name of what this app does not know. */
function eventWords({ t }: Office, { type }: HistoryEvent): string {
  return t.word(`command.${EVENT_TYPES[type]}`) ?? type;
}

/** Whose mark it was, also when it changed nothing. */
function aboutWhom({ w, school }: Office, event: HistoryEvent): Shown {
  const { student_id } = aboutOf(event);
  if (student_id === null || event.students.length > 0) return nothing;
  return html` · <bdi>${school.pupils.get(student_id)?.name ?? w("pupil.unknown")}</bdi>`;
}

function changes(office: Office, { register, students }: HistoryEvent): TemplateResult {
  const { w } = office;
  const nobody = w("replay.nothing_said");
  return html`${register == null ? nothing : html`<span class="change">${w("replay.register")}
      ${change(office, register.before == null ? w("replay.register.none") : w(`replay.register.${statusOf(register.before)}`), w(`replay.register.${statusOf(register.after)}`))}</span>`}
    ${students.map(({ name, before, after }) => html`<span class="change"><bdi>${name ?? w("pupil.unknown")}</bdi>
      ${change(office, standingWords(office, standingOf(before), nobody), standingWords(office, standingOf(after), nobody))}</span>`)}
    ${register == null && students.length === 0 ? html`<span class="text-soft">${w("replay.no_change")}</span>` : nothing}`;
}

function verdictWords(office: Office, event: HistoryEvent, events: readonly HistoryEvent[]): string {
  const { w } = office;
  const verdict = verdictOf(event, events);
  if (verdict.counts) return w("replay.it_counts");
  if (verdict.because === "after_close") return w("replay.not.after_close");
  const { by } = verdict;
  return by === null ? w("replay.not.superseded") : w("replay.not.by", { what: eventWords(office, by), name: by.actor.name ?? w("person.unknown"), at: momentWords(office, by.recorded_at) });
}
