/** Finding events in the history: whose, of whom, from where, of what kind, and when they arrived. */
import { html, nothing, type TemplateResult } from "lit-html";
import { aboutOf, choose, EVENT_TYPES, isEventPage, searchParameters, type EventItem, type SearchFilter } from "../../../../office/audit.ts";
import { classTitle } from "../../../../office/school.ts";
import { isDevicePage } from "../../../../office/shapes.ts";
import { empty } from "../../../parts/empty.ts";
import type { Shown } from "../../../view.ts";
import { officeAddress, pathOf, read, refine, type Office } from "../context.ts";
import { choiceField, dateField } from "../fields.ts";
import { loaded, moreButton } from "../loaded.ts";
import { pupilPicker } from "../pupil-picker.ts";

/** The section. */
export function search(office: Office): TemplateResult {
  const { w } = office;
  return html`<section class="grid gap-3" aria-labelledby="search">
    <h2 id="search">${w("search.title")}</h2>
    <p class="text-soft">${w("search.about")}</p>
    ${filters(office)} ${results(office)}
  </section>`;
}

function filters(office: Office): TemplateResult {
  const { w, school, route } = office;
  const value = (filter: SearchFilter): string => route.query[filter] ?? "";
  const change = (filter: SearchFilter) => (chosen: string): void => refine(office, choose(filter, chosen));
  const anybody = school.roster.staff.map(({ id, name }) => [id, name] as const);
  const types = Object.keys(EVENT_TYPES).map((type) => [type, eventWords(office, type)] as const);
  return html`<div class="filters no-print" role="group" aria-label=${w("filter")}>
    ${choiceField(w("class"), "class_id", value("class_id"), [["", w("class.all")], ...school.classes.map(({ id, title }) => [id, title] as const)], change("class_id"))}
    ${pupilPicker(office, value("student_id") || null, (id) => refine(office, choose("student_id", id)))}
    ${choiceField(w("search.actor"), "actor", value("actor"), [["", w("search.anybody")], ...anybody], change("actor"))}
    ${choiceField(w("search.device"), "device", value("device"), [["", w("search.any_device")], ...devices(office, value("device"))], change("device"))}
    ${choiceField(w("search.type"), "type", value("type"), [["", w("search.any_type")], ...types], change("type"))}
    ${dateField(w("search.from"), "from", value("from"), change("from"))}
    ${dateField(w("search.to"), "to", value("to"), change("to"))}
  </div>`;
}

/** Whose each device is and when it was last heard: their ids say nothing to anybody. One that is not heard of keeps its place. */
function devices(office: Office, chosen: string): readonly (readonly [string, string])[] {
  const { w, format, view } = office;
  const items = read(office, pathOf("/devices", { limit: "500" }), isDevicePage).body?.items ?? [];
  const known = items.map(({ device_id, user, last_contact_at }) => [device_id, `${user.name ?? w("person.unknown")} · ${format.moment(last_contact_at, view.state.today)}`] as const);
  return chosen === "" || known.some(([id]) => id === chosen) ? known : [...known, [chosen, chosen]];
}

function results(office: Office): Shown {
  const { w, route, school } = office;
  const parameters = searchParameters(route.query, school.roster.school.time_zone);
  if (parameters === null) return empty(w("search.choose"), w("search.choose.how"));
  const path = pathOf("/audit/events", { ...parameters, limit: "50" });
  const reading = read(office, path, isEventPage);
  return loaded(office, path, reading, ({ items }) => html`${items.length === 0
    ? empty(w("search.none"), w("search.none.how"))
    : html`<ul class="card divide-y divide-line" aria-label=${w("search.found")}>${items.map((item) => html`<li class="grid gap-1 p-3" data-event=${item.type}>${line(office, item)}</li>`)}</ul>`}
    ${moreButton(office, path, reading)}`);
}

function line(office: Office, item: EventItem): TemplateResult {
  const { t, w, school, format, view } = office;
  const { register_id, class_id, student_id, date, status } = aboutOf(item);
  const student = student_id === null ? null : school.pupils.get(student_id)?.name ?? w("pupil.unknown");
  const at = (instant: string): string => format.moment(instant, view.state.today);
  const place = [class_id === null ? null : classTitle(school, class_id) || w("class.unknown"), date === null ? null : format.longDay(date)].filter((part) => part !== null);
  return html`<span class="flex flex-wrap items-baseline justify-between gap-x-2">
      <span><span class="font-semibold">${eventWords(office, item.type)}</span>${student === null ? nothing : html` · <bdi>${student}</bdi>`}${status === null ? nothing : html` · ${t.word(`status.${status}`) ?? status}`}</span>
      <span class="text-sm text-soft numbers">${w("search.arrived", { at: at(item.recorded_at) })}</span>
    </span>
    <span class="text-sm"><bdi>${item.actor.name ?? w("person.unknown")}</bdi> · <span class="numbers">${w("search.happened", { at: at(item.occurred_at) })}</span></span>
    ${item.reason == null ? nothing : html`<span class="text-sm"><bdi>${item.reason}</bdi></span>`}
    ${place.length === 0 ? nothing : html`<span class="text-sm text-soft"><bdi>${place.join(" · ")}</bdi></span>`}
    ${register_id === null ? nothing : html`<a class="link text-sm" href=${officeAddress("audit", register_id)}>${w("search.register")}</a>`}`;
}

/** What happened, in words; the stored name of what this app does not know. */
function eventWords({ t, w }: Office, type: string): string {
  const command = EVENT_TYPES[type];
  return (command == null ? w.word(`search.event.${type}`) : t.word(`command.${command}`)) ?? type;
}
