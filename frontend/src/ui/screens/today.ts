/** Today: my registers in order of time, and how far each is. Other days are a step away. */
import { html, nothing, type TemplateResult } from "lit-html";
import { dayAfter } from "../../core/school_day.ts";
import type { DateText, TodayCard } from "../../model.ts";
import { lazy } from "../lazy.ts";
import { empty } from "../parts/empty.ts";
import { backIcon, deviceIcon, onIcon } from "../parts/icons.ts";
import { lessonName } from "../parts/register-name.ts";
import { screen } from "../parts/screen.ts";
import { shape, STATUSES } from "../parts/statuses.ts";
import { addressOf } from "../routing.ts";
import type { Shown, View } from "../view.ts";

/** The question for a register that has no card is fetched with the first of them. */
const question = lazy<Shown>(async () => (await import("./others.ts")).lessonQuestion, (_, body) => body);

/** The screen. */
export function todayScreen(view: View): TemplateResult {
  const { t, state, format } = view;
  const date = shownDate(view);
  return screen(view, {
    title: date === null || date === state.today ? t("today.title") : format.day(date),
    subtitle: [date && format.longDay(date), state.school_name].filter(Boolean).join(" · "),
    body: html`${date === null ? nothing : dayBar(view, date)} ${cards(view)} ${otherLesson(view)}
      ${view.local.dialog?.name === "lesson" ? question(view) : nothing}`,
  });
}

/** The cards as a list: the body of Today, and beside the register where there is room. */
export function cardList(view: View): TemplateResult {
  return html`<ul class="grid gap-2 cards">
    ${view.state.cards.map((one) => html`<li>${card(view, one)}</li>`)}
  </ul>`;
}

function cards(view: View): TemplateResult {
  const { t, state } = view;
  if (state.cards.length > 0) return cardList(view);
  const { last_heard_at, status } = state.sync;
  if (last_heard_at === null && state.online && (status.kind === "sending" || status.kind === "idle")) {
    return html`<p class="text-soft" aria-busy="true">${t("today.fetching")}</p>`;
  }
  if (last_heard_at === null) return empty(t("today.unfetched"), t("today.unfetched.how"));
  return state.day?.has_school === false
    ? empty(t("today.no_school"), t("today.no_school.how"))
    : empty(t("today.none"), t("today.none.how"));
}

/** The way to a register that has no card. */
function otherLesson(view: View): Shown {
  if (!view.state.day?.classes.length) return nothing;
  return html`<button type="button" class="button justify-self-start" @click=${() => view.change({ dialog: { name: "lesson" } })}>
    ${view.t("lesson.other")}
  </button>`;
}

function shownDate({ address, state }: View): DateText | null {
  return (address.route.name === "today" ? address.route.date : null) ?? state.today;
}

function dayBar(view: View, date: DateText): TemplateResult {
  const { t, state } = view;
  const atEnd = state.today !== null && date >= state.today;
  const pick = (event: Event): void => {
    const { value } = event.target as HTMLInputElement;
    if (value) location.hash = addressOf({ name: "today", date: value });
  };
  return html`<div class="flex items-center gap-2" role="group" aria-label=${t("today.days")}>
    <a class="button" href=${dayAddress(view, dayAfter(date, -1))} aria-label=${t("today.before")} title=${t("today.before")}>${backIcon}</a>
    <input class="field numbers" type="date" aria-label=${t("today.date")} .value=${date} max=${state.today ?? nothing} @change=${pick} />
    ${atEnd
      ? nothing
      : html`<a class="button" href=${dayAddress(view, dayAfter(date, 1))} aria-label=${t("today.after")} title=${t("today.after")}>${onIcon}</a>
`}
  </div>`;
}

function dayAddress({ state }: View, date: DateText): string {
  return addressOf({ name: "today", date: date === state.today ? null : date });
}

function card(view: View, one: TodayCard): TemplateResult {
  const { t } = view;
  const here = view.address.route;
  const current = here.name === "register" && view.state.register?.session_id === one.session_id;
  return html`<a
    class="card grid gap-1 p-3 register-card"
    href=${addressOf({ name: "register", key: one.key })}
    aria-current=${current ? "true" : nothing}
  >
    <span class="flex items-baseline justify-between gap-2">
      <bdi class="font-semibold">${one.class_title}</bdi>
      <span class="numbers whitespace-nowrap text-soft">${one.slot_start ?? ""}</span>
    </span>
    <span class="text-sm text-soft">${lessonName(t, one)}</span>
    <span class="flex flex-wrap items-center gap-2">
      ${statePill(view, one)} ${tally(view, one)}
      ${one.unsent > 0 ? html`<span class="pill pill-late numbers">${deviceIcon} ${t("sync.tally.unsent", { count: one.unsent })}</span>` : nothing}
    </span>
  </a>`;
}

const TONES: Readonly<Record<TodayCard["state"], string>> = {
  not_taken: "pill-unmarked",
  missing: "pill-absent",
  open: "pill-late",
  closed: "pill-present",
  void: "pill-unmarked",
};

function statePill({ t }: View, one: TodayCard): TemplateResult {
  return html`<span class="pill ${TONES[one.state]}">${t(`today.state.${one.state}`)}</span>`;
}

/** How many are marked while it goes on; what they are once it is closed. */
function tally(view: View, { state, counts }: TodayCard): Shown {
  const { t, format } = view;
  if (state === "void") return nothing;
  if (state !== "closed") {
    return html`<span class="text-sm numbers">${t("register.progress", { marked: counts.marked, count: counts.roster })}</span>`;
  }
  // Who was left without a mark is neither present nor absent, and must not be lost sight of.
  const said = counts.unmarked > 0 ? [...STATUSES, "unmarked"] as const : STATUSES;
  return html`<span class="text-sm numbers flex gap-2">
    ${said.map(
      (status) => html`<span class="text-${status}">
        <span aria-hidden="true">${format.number(counts[status])} ${shape(status)}</span>
        <span class="sr-only">${t(`count.${status}`, { count: counts[status] })}</span>
      </span>`,
    )}
  </span>`;
}
