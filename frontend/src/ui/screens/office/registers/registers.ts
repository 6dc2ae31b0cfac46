/** Registers of any class and day: finding one, and one that is open. */
import { html, nothing, type TemplateResult } from "lit-html";
import { isInTerm, namedRegister } from "../../../../core/roster.ts";
import { isSessionPage } from "../../../../office/shapes.ts";
import { classTitle, lessonOf } from "../../../../office/school.ts";
import type { components } from "../../../../api/query-api.d.ts";
import type { DateText, RegisterKey } from "../../../../model.ts";
import { empty } from "../../../parts/empty.ts";
import { lessonName } from "../../../parts/register-name.ts";
import { screen } from "../../../parts/screen.ts";
import { shape, STATUSES } from "../../../parts/statuses.ts";
import { addressOf } from "../../../routing.ts";
import type { Shown } from "../../../view.ts";
import { officeAddress, pathOf, read, refine, type Office } from "../context.ts";
import { choiceField, dateField } from "../fields.ts";
import { loaded, moreButton } from "../loaded.ts";
import { openedRegister } from "./opened.ts";

type SessionItem = components["schemas"]["SessionItem"];

/** The list of a day, or the register of the address. */
export function registersScreen(office: Office): TemplateResult {
  const { view, t, route } = office;
  if (route.id !== null) return openedRegister(office, route.id);
  const date = route.query["date"] ?? view.state.today;
  return screen(view, {
    title: t("nav.registers"),
    body: html`${filters(office, date)} ${date === null ? nothing : list(office, date)}`,
  });
}

function filters(office: Office, date: DateText | null): TemplateResult {
  const { w, view, school, route } = office;
  const classes = [["", w("class.all")] as const, ...school.classes.map(({ id, title }) => [id, title] as const)];
  return html`<div class="filters" role="group" aria-label=${w("filter")}>
    ${choiceField(w("class"), "class", route.query["class"] ?? "", classes, (id) => refine(office, { class: id }))}
    ${dateField(w("day"), "date", date ?? "", (value) => refine(office, { date: value }), { max: view.state.today ?? "" })}
  </div>`;
}

function list(office: Office, date: DateText): Shown {
  const { w, route } = office;
  const class_id = route.query["class"] ?? null;
  const path = pathOf("/sessions", { class_id, date, limit: "200" });
  const reading = read(office, path, isSessionPage, true);
  return loaded(office, path, reading, ({ items, next_cursor }) => {
    const missing = class_id === null || next_cursor != null ? [] : notTaken(office, class_id, date, items);
    if (items.length === 0 && missing.length === 0) return empty(w("registers.none"), w("registers.none.how"));
    return html`<ul class="grid gap-2 cards" aria-label=${w("registers.list")}>
        ${[...items].sort((a, b) => byTitle.compare(nameOf(office, a), nameOf(office, b))).map((item) => html`<li>${card(office, item)}</li>`)}
        ${missing.map((key) => html`<li>${missingCard(office, key)}</li>`)}
      </ul>
      ${class_id === null ? html`<p class="text-soft">${w("registers.choose_class")}</p>` : nothing} ${moreButton(office, path, reading)}`;
  });
}

const byTitle = new Intl.Collator("en", { numeric: true });

function nameOf({ school }: Office, { class_id, slot }: SessionItem): string {
  return `${classTitle(school, class_id)} ${slot ?? ""}`;
}

function card(office: Office, item: SessionItem): TemplateResult {
  const { t, w, school, format } = office;
  return html`<a class="card grid gap-1 p-3 register-card" href=${officeAddress("registers", item.id)}>
    <span class="flex items-baseline justify-between gap-2">
      <bdi class="font-semibold">${classTitle(school, item.class_id) || w("class.unknown")}</bdi>
      <span class="pill ${item.void ? "pill-unmarked" : item.status === "closed" ? "pill-present" : "pill-late"}">
        ${t(item.void ? "today.state.void" : item.status === "closed" ? "today.state.closed" : "today.state.open")}
      </span>
    </span>
    <span class="text-sm text-soft">${lessonName(t, lessonOf(school, item))}</span>
    <span class="text-sm numbers flex flex-wrap gap-x-2">
      <span>${t("register.progress", { marked: item.counts.marked, count: item.counts.roster })}</span>
      ${STATUSES.map((status) => html`<span class="text-${status}">
        <span aria-hidden="true">${format.number(item.counts[status])} ${shape(status)}</span>
        <span class="sr-only">${t(`count.${status}`, { count: item.counts[status] })}</span>
      </span>`)}
    </span>
  </a>`;
}

/** One register for each part of the day that nobody has opened, in a term. */
function notTaken({ school: { roster } }: Office, class_id: string, date: DateText, items: readonly SessionItem[]): RegisterKey[] {
  if (!isInTerm(roster, date)) return [];
  const taken = new Set(items.map(({ slot }) => slot ?? null));
  const slots = roster.slots.length === 0 ? [null] : roster.slots.map((slot) => slot.id);
  return slots.filter((slot) => !taken.has(slot)).map((slot) => namedRegister(roster, { class_id, date, subject_id: null, slot }).key);
}

/** Nobody has opened it, so it opens where it is taken. */
function missingCard({ t, school }: Office, key: RegisterKey): TemplateResult {
  return html`<a class="card grid gap-1 p-3 register-card" href=${addressOf({ name: "register", key })}>
    <span class="flex items-baseline justify-between gap-2">
      <bdi class="font-semibold">${classTitle(school, key.class_id)}</bdi>
      <span class="pill pill-unmarked">${t("today.state.not_taken")}</span>
    </span>
    <span class="text-sm text-soft">${lessonName(t, lessonOf(school, key))}</span>
  </a>`;
}
