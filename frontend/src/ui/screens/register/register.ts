/** The register: everybody of a class, a tap for each, and the tap is the save. */
import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { Key } from "../../../i18n/catalogue.ts";
import type { RegisterKey, RegisterRow, RegisterView } from "../../../model.ts";
import { lazy } from "../../lazy.ts";
import { empty } from "../../parts/empty.ts";
import { lessonName } from "../../parts/register-name.ts";
import { NO_FILTER } from "../../routing.ts";
import { screen } from "../../parts/screen.ts";
import type { Local, Shown, View } from "../../view.ts";
import { actionBar } from "./bar.ts";
import { registerBanners } from "./banners.ts";
import { countFilters } from "./counts.ts";
import { studentRow } from "./row.ts";
import { shownRows } from "./shown.ts";

/** From here on looking for a name beats scrolling to it. */
const SEARCH_FROM = 12;

/** The questions are fetched with the first of them. */
const question = lazy<Shown>(async () => (await import("./questions.ts")).registerQuestion, (_, body) => body);

/** One student at a time instead of the list. */
const rollCall = lazy<Shown>(async () => (await import("./roll-call.ts")).rollCall, (_, body) => body);

/** The register of the address; its frame only, until the store has read it. */
export function registerScreen(view: View): TemplateResult {
  const { route } = view.address;
  const { register } = view.state;
  if (route.name !== "register" || !register || !meant(register.key, route.key)) return absent(view);
  const as_list = view.local.roll_call === null;
  return screen(view, {
    title: register.class_title,
    subtitle: [view.format.day(register.key.date), lessonName(view.t, register), ...ended(view, register)].join(" · "),
    back: true,
    menu: menu(view, register),
    sticky: as_list && register.rows.length > 0 ? countFilters(view, register) : nothing,
    body: html`${registerBanners(view, register)} ${as_list ? roster(view, register) : rollCall(view)} ${view.local.dialog ? question(view) : nothing}`,
    footer: as_list && register.rows.length > 0 ? actionBar(view, register) : nothing,
  });
}

/** Said where it stays in sight: nothing can be marked here. */
function ended({ t }: View, register: RegisterView): string[] {
  if (register.void) return [t("today.state.void")];
  return register.status === "closed" ? [t("today.state.closed")] : [];
}

/** The store may name a register by fewer things than the address: a class's only subject goes without saying. */
function meant(shown: RegisterKey, asked: RegisterKey): boolean {
  return shown.class_id === asked.class_id && shown.date === asked.date && shown.slot === asked.slot;
}

function absent(view: View): TemplateResult {
  const { t, state } = view;
  const never = state.sync.last_heard_at === null;
  return screen(view, {
    title: t("register.title"),
    back: true,
    body: never ? empty(t("register.none.unfetched"), t("register.none.unfetched.how")) : nothing,
  });
}

function roster(view: View, register: RegisterView): TemplateResult {
  const { t } = view;
  const { why_not } = register;
  if (why_not !== null) return empty(t(`register.not.${why_not}`), t(`register.not.${why_not}.how`));
  if (register.rows.length === 0) {
    return register.fetched_at === null && view.state.sync.last_heard_at === null
      ? empty(t("register.none.unfetched"), t("register.none.unfetched.how"))
      : empty(t("register.none"), t("register.none.how"));
  }
  const rows = shownRows(register.rows, view.address.filter, view.local.pinned);
  return html`${register.rows.length >= SEARCH_FROM || view.address.filter.search ? searchField(view) : nothing}
  ${rows.length === 0 ? nobody(view) : list(view, register, rows)}`;
}

function list(view: View, register: RegisterView, rows: readonly RegisterRow[]): TemplateResult {
  return html`<ul class="card overflow-hidden" aria-label=${view.t("register.students")}>
    ${repeat(rows, (row) => row.student_id, (row) => studentRow(view, register, row))}
  </ul>`;
}

function searchField(view: View): TemplateResult {
  const { filter } = view.address;
  return html`<input
    class="field"
    type="search"
    dir="auto"
    autocomplete="off"
    data-search
    aria-label=${view.t("register.search")}
    placeholder=${view.t("register.search")}
    .value=${filter.search}
    @input=${(event: Event) => view.filter({ ...filter, search: (event.target as HTMLInputElement).value })}
  />`;
}

function nobody(view: View): TemplateResult {
  return empty(
    view.t("register.nobody"),
    view.t("register.nobody.how"),
    html`<button type="button" class="button" @click=${() => view.filter(NO_FILTER)}>${view.t("register.show_all")}</button>`,
  );
}

function menu(view: View, register: RegisterView): Shown {
  if (register.void || register.rows.length === 0) return nothing;
  const first = register.rows.findIndex((row) => row.status === "unmarked");
  const item = (change: Partial<Local>, key: Key): TemplateResult => html`<button
    type="button"
    class="button button-plain w-full justify-start"
    @click=${() => view.change(change)}
  >${view.t(key)}</button>`;
  return html`${item({ roll_call: Math.max(0, first) }, "roll_call")} ${item({ dialog: { name: "void" } }, "register.void")}`;
}
