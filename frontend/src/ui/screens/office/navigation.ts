/** The office's places: all of them beside the screen where there is room; on a phone four below it, and the others behind "More". */
import { html, nothing, type TemplateResult } from "lit-html";
import type { Person, Route } from "../../../model.ts";
import type { OfficeScreen } from "../../../office/model.ts";
import { historyIcon, settingsIcon, syncIcon, todayIcon } from "../../parts/icons.ts";
import { screen } from "../../parts/screen.ts";
import type { View } from "../../view.ts";
import type { Office } from "./context.ts";
import { arrivalsIcon, auditIcon, conflictsIcon, devicesIcon, exceptionsIcon, moreIcon, peopleIcon, policyIcon, registersIcon, reportsIcon, usersIcon } from "./icons.ts";

type PlaceName = OfficeScreen | Exclude<Route["name"], "office" | "register" | "hand_in">;

interface Place {
  readonly name: PlaceName;
  readonly icon: TemplateResult;
  /** Below the screen of a phone. */
  readonly always: boolean;
  /** The one role whose place it is; without it, everybody's in the office. */
  readonly only?: Person["role"];
}

const PLACES: readonly Place[] = [
  { name: "today", icon: todayIcon, always: true },
  { name: "arrivals", icon: arrivalsIcon, always: false },
  { name: "registers", icon: registersIcon, always: true },
  { name: "exceptions", icon: exceptionsIcon, always: true },
  { name: "reports", icon: reportsIcon, always: true },
  { name: "conflicts", icon: conflictsIcon, always: false },
  { name: "devices", icon: devicesIcon, always: false },
  { name: "people", icon: peopleIcon, always: false },
  { name: "users", icon: usersIcon, always: false },
  { name: "policy", icon: policyIcon, always: false },
  { name: "audit", icon: auditIcon, always: false, only: "auditor" },
  { name: "sync", icon: syncIcon, always: false },
  { name: "history", icon: historyIcon, always: false },
  { name: "settings", icon: settingsIcon, always: false },
];

/** All places; which of them a phone shows is the style sheet's. */
export function officeNavigation(view: View): TemplateResult {
  const { t } = view;
  const here = placeOf(view.address.route);
  const behind = PLACES.some(({ name, always }) => name === here && !always) || here === "more";
  return html`${placesOf(view).map(
      ({ name, icon, always }) => html`<a class="nav-link ${always ? "" : "nav-wide"}" href=${addressOfPlace(name)} aria-current=${here === name ? "page" : nothing}>
        ${icon} <span>${t(`nav.${name}`)}</span>
      </a>`,
    )}
    <a class="nav-link nav-narrow" href=${addressOfPlace("more")} aria-current=${behind ? "page" : nothing}>${moreIcon} <span>${t("nav.more")}</span></a>`;
}

/** What has no room below the screen of a phone. */
export function moreScreen({ view, t }: Office): TemplateResult {
  return screen(view, {
    title: t("nav.more"),
    body: html`<ul class="grid gap-2">
      ${placesOf(view).filter(({ always }) => !always).map(
        ({ name, icon }) => html`<li><a class="card flex items-center gap-3 p-3 min-h-11" href=${addressOfPlace(name)}>${icon} ${t(`nav.${name}`)}</a></li>`,
      )}
    </ul>`,
  });
}

function placesOf({ state }: View): readonly Place[] {
  return PLACES.filter(({ only }) => only === undefined || only === state.person?.role);
}

function placeOf(route: Route): PlaceName | null {
  if (route.name === "office") return route.screen;
  if (route.name === "register") return "registers";
  return route.name === "hand_in" ? "sync" : route.name;
}

function addressOfPlace(name: PlaceName): string {
  return name === "sync" || name === "history" || name === "settings" ? `#/${name}` : `#/office/${name}`;
}
