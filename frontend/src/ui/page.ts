/** The whole page: navigation beside or below, and the screen of the address. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { Key } from "../i18n/catalogue.ts";
import type { Route } from "../model.ts";
import { lazy, lazyScreen } from "./lazy.ts";
import { historyIcon, settingsIcon, syncIcon, todayIcon } from "./parts/icons.ts";
import { blockedScreen, startingScreen, storageFailedScreen } from "./screens/gates.ts";
import { signInScreen } from "./screens/sign-in.ts";
import { cardList, todayScreen } from "./screens/today.ts";
import type { Shown, View } from "./view.ts";

const office = (): Promise<typeof import("./screens/office/office.ts")> => import("./screens/office/office.ts");
/** The register, with its keys. The app has it fetched as soon as somebody is known to work here. */
export const marking = (): Promise<typeof import("./marking.ts")> => import("./marking.ts");
const others = (): Promise<typeof import("./screens/others.ts")> => import("./screens/others.ts");

const SCREENS: Readonly<Record<Route["name"], (view: View) => TemplateResult>> = {
  today: todayScreen,
  register: lazyScreen("register.title", async () => (await marking()).registerScreen),
  sync: lazyScreen("nav.sync", async () => (await others()).syncScreen),
  history: lazyScreen("history.title", async () => (await others()).historyScreen),
  hand_in: lazyScreen("nav.hand_in", async () => (await import("./screens/hand-in.ts")).handInScreen),
  settings: lazyScreen("nav.settings", async () => (await others()).settingsScreen),
  office: lazyScreen("nav.office", async () => (await office()).officeScreen),
};

const OFFICE_PLACES = lazy<Shown>(async () => (await office()).officeNavigation, (_, body) => body);

const LOCKED = lazy<TemplateResult>(
  async () => (await import("./screens/locked.ts")).lockedScreen,
  (view, body) => html`<div class="narrow"><h1 class="text-xl font-bold" tabindex="-1">${view.t("lock.title")}</h1>${body}</div>`,
);

const PLACES: readonly { readonly name: Exclude<Route["name"], "register" | "hand_in" | "office">; readonly key: Key; readonly icon: TemplateResult }[] = [
  { name: "today", key: "nav.today", icon: todayIcon },
  { name: "sync", key: "nav.sync", icon: syncIcon },
  { name: "history", key: "nav.history", icon: historyIcon },
  { name: "settings", key: "nav.settings", icon: settingsIcon },
];

/** Everything below the body. */
export function page(view: View): TemplateResult {
  const gate = gateOf(view);
  if (gate) return html`<main class="page-gate px-3">${gate}</main>`;
  const { name } = view.address.route;
  return html`<a class="skip" href="#main" @click=${skipToMain}>${view.t("nav.skip")}</a>
    <div class="page ${name === "register" ? "page-register" : ""}">
      ${navigation(view)}
      ${name === "register" ? besides(view) : nothing}
      <main id="main" tabindex="-1" class="page-main">${SCREENS[name === "today" && view.state.office ? "office" : name](view)}</main>
    </div>`;
}

/** The name of the screen for the title bar of the browser. */
export function pageTitle(view: View): string {
  const { t, state, address } = view;
  if (gateOf(view)) return t("app.name");
  if (address.route.name === "register") return `${state.register?.class_title ?? t("register.title")} · ${t("app.name")}`;
  const { route } = address;
  return `${t(`nav.${route.name === "office" ? route.screen : route.name}`)} · ${t("app.name")}`;
}

function gateOf(view: View): TemplateResult | null {
  switch (view.state.phase) {
    case "starting":
      return startingScreen(view);
    case "signed_out":
      return signInScreen(view);
    case "locked":
      return LOCKED(view);
    case "blocked_by_other_tab":
      return blockedScreen(view);
    case "storage_failed":
      return storageFailedScreen(view);
    case "ready":
      return null;
  }
}

function navigation(view: View): TemplateResult {
  const { t } = view;
  const here = view.address.route.name;
  return html`<nav class="page-nav" aria-label=${t("nav.label")}>
    <p class="brand"><span class="icon-sign"></span> ${t("app.name")}</p>
    ${view.state.office
      ? OFFICE_PLACES(view)
      : PLACES.map(
          ({ name, key, icon }) => html`<a
            class="nav-link"
            href="#/${name}"
            aria-current=${here === name ? "page" : nothing}
          >
            ${icon} <span>${t(key)}</span>
          </a>`,
        )}
  </nav>`;
}

/** Where there is room, the day's registers stay beside the open one. */
function besides(view: View): Shown {
  if (view.state.cards.length === 0) return nothing;
  return html`<aside class="page-aside" aria-label=${view.t("today.others")}>${cardList(view)}</aside>`;
}

/** The address is taken for the screens, so the jump is made by hand. */
function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
