/** The calendar: days of school, days without, and which registers are expected. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { components } from "../../../../api/command-api.d.ts";
import { isRecord } from "../../../../office/shapes.ts";
import { crossIcon } from "../../../parts/icons.ts";
import { read, type Office } from "../context.ts";
import type { ClosedDays } from "../desk.ts";
import { dateField, textOf } from "../fields.ts";
import { loaded } from "../loaded.ts";
import { send } from "../online.ts";
import { versions } from "./versions.ts";

type Calendar = components["schemas"]["CalendarAnswer"];

const PATH = "/calendar";
const WEEK = [1, 2, 3, 4, 5, 6, 7] as const;
/** A Monday, to ask the language for the names of the days. */
const SOME_MONDAY = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;
/** Stands in the form for the register of the whole day. */
const WHOLE_DAY = "-";

/** The newest calendar, to be put in another's place. */
export function calendarForm(office: Office): TemplateResult {
  return loaded(office, PATH, read(office, PATH, isCalendar), (calendar) => html`${form(office, calendar)} ${versions(office, calendar.versions, calendar.in_force.version)}`);
}

function isCalendar(body: unknown): body is Calendar {
  return isRecord(body) && isRecord(body["in_force"]) && Array.isArray(body["versions"]) && Array.isArray(body["slots"]);
}

function form(office: Office, calendar: Calendar): TemplateResult {
  const { w, may_write, desk, view } = office;
  const latest = calendar.versions[0] ?? calendar.in_force;
  const closed = desk.closed ?? latest.closed_days;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const fields = new FormData(event.target as HTMLFormElement);
    send(office, { method: "PUT", path: PATH, body: calendarOf(fields, calendar, desk.closed ?? closed), reads: PATH }, w("calendar.set"));
  };
  return html`<form class="card grid gap-4 p-4" @submit=${submit}>
    <fieldset class="grid gap-4" ?disabled=${!may_write}>
      <legend class="sr-only">${w("calendar")}</legend>
      <fieldset><legend class="font-semibold">${w("calendar.school_days")}</legend>
        <div class="filters">${WEEK.map((day) => tick("school_days", String(day), dayName(office, day), latest.school_days.includes(day)))}</div>
      </fieldset>
      <fieldset><legend class="font-semibold">${w("calendar.expected")}</legend>
        <div class="filters">
          ${tick("expected", WHOLE_DAY, w("calendar.whole_day"), latest.expected.default.includes(null))}
          ${calendar.slots.map(({ id, title }) => tick("expected", id, title, latest.expected.default.includes(id)))}
        </div>
        ${latest.expected.classes.length === 0 ? nothing : html`<p class="text-sm text-soft">${w("calendar.differing", { count: latest.expected.classes.length })}</p>`}
      </fieldset>
      ${closedDays(office, closed)} ${dateField(w("policy.valid_from"), "valid_from", view.state.today ?? "", () => undefined, { required: true })}
    </fieldset>
    ${may_write
      ? html`<p class="text-sm text-soft">${w("policy.valid_from.how")}</p>
          <button class="button button-main justify-self-start" ?disabled=${desk.sending || !view.state.online}>${w("calendar.submit")}</button>`
      : nothing}
  </form>`;
}

function tick(name: string, value: string, label: string, checked: boolean): TemplateResult {
  return html`<label class="tick-line"><input type="checkbox" class="tick" name=${name} value=${value} ?checked=${checked} /> <span>${label}</span></label>`;
}

function dayName({ w }: Office, day: number): string {
  return new Intl.DateTimeFormat(w.language, { weekday: "long", timeZone: "UTC" }).format(SOME_MONDAY + (day - 1) * DAY_MS);
}

/** Each with its first and last day; a new one begins today. */
function closedDays(office: Office, closed: readonly ClosedDays[]): TemplateResult {
  const { w, desk, view, may_write } = office;
  const today = view.state.today ?? "";
  // Of what is there by now: two fields may change before anything is drawn anew.
  const edit = (next: (now: readonly ClosedDays[]) => readonly ClosedDays[]): void => desk.change({ closed: next(desk.closed ?? closed) });
  const change = (index: number, part: (one: ClosedDays) => Partial<ClosedDays>): void =>
    edit((now) => now.map((one, at) => (at === index ? { ...one, ...part(one) } : one)));
  return html`<fieldset class="grid gap-2"><legend class="font-semibold">${w("calendar.closed")}</legend>
    ${closed.length === 0 ? html`<p class="text-soft">${w("calendar.closed.none")}</p>` : nothing}
    ${closed.map((one, index) => html`<div class="filters border-b border-line py-2" role="group" aria-label=${one.title}>
      <label class="grid gap-1"><span class="font-semibold">${w("calendar.closed.title")}</span>
        <input class="field" dir="auto" required pattern=".*\\S.*" maxlength="100" autocomplete="off" .value=${one.title} @input=${(event: Event) => change(index, () => ({ title: (event.target as HTMLInputElement).value }))} /></label>
      ${dateField(w("from"), `closed_from_${index}`, one.from, (from) => change(index, ({ to }) => ({ from, to: to < from ? from : to })), { required: true })}
      ${dateField(w("to"), `closed_to_${index}`, one.to, (to) => change(index, () => ({ to })), { required: true, min: one.from })}
      ${may_write ? html`<button type="button" class="button" @click=${() => edit((now) => now.filter((_, at) => at !== index))}>${crossIcon} ${w("calendar.closed.remove")}</button>` : nothing}
    </div>`)}
    ${may_write ? html`<button type="button" class="button justify-self-start" @click=${() => edit((now) => [...now, { from: today, to: today, title: "" }])}>${w("calendar.closed.add")}</button>` : nothing}
  </fieldset>`;
}

/** Parts of the day, the time zone and classes that differ stay as they are. */
function calendarOf(fields: FormData, { slots, time_zone, in_force, versions: all }: Calendar, closed: readonly ClosedDays[]): components["schemas"]["SetCalendar"] {
  const { classes } = (all[0] ?? in_force).expected;
  return {
    valid_from: textOf(fields, "valid_from"),
    school_days: fields.getAll("school_days").map(Number),
    closed_days: closed.map(({ from, to, title }) => ({ from, to, title: title.trim() })),
    expected: { default: fields.getAll("expected").map((slot) => (slot === WHOLE_DAY ? null : String(slot))), classes },
    slots, time_zone,
  };
}
