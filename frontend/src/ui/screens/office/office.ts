/** The office: its navigation, and the screen of the address. One part, fetched by those who work there. */
import { html, type TemplateResult } from "lit-html";
import type { OfficeRoute, OfficeScreen } from "../../../office/model.ts";
import { ordersOf } from "../../../office/orders.ts";
import { schoolOf } from "../../../office/school.ts";
import { empty } from "../../parts/empty.ts";
import { screen } from "../../parts/screen.ts";
import type { View } from "../../view.ts";
import { arrivalsScreen } from "./arrivals/arrivals.ts";
import { auditScreen } from "./audit/audit.ts";
import { conflictsScreen } from "./conflicts.ts";
import type { Office } from "./context.ts";
import { OfficeDesk } from "./desk.ts";
import { devicesScreen } from "./devices/devices.ts";
import { exceptionsScreen } from "./exceptions/exceptions.ts";
import { keepOfficePart } from "./kept.ts";
import { moreScreen } from "./navigation.ts";
import { peopleScreen } from "./people/people.ts";
import { policyScreen } from "./policy/policy.ts";
import { registersScreen } from "./registers/registers.ts";
import { reportsScreen } from "./reports/reports.ts";
import { todayScreen } from "./today.ts";
import { usersScreen } from "./users/users.ts";
import { officeWords } from "./words.ts";

export { officeNavigation } from "./navigation.ts";

/** Whoever works in the office has the whole school as their day. */
function routeOf({ address: { route } }: View): OfficeRoute {
  return route.name === "office" ? route : { name: "office", screen: "today", id: route.name === "today" ? route.date : null, query: {} };
}

const SCREENS: Readonly<Record<OfficeScreen, (office: Office) => TemplateResult>> = {
  today: todayScreen,
  arrivals: arrivalsScreen,
  exceptions: exceptionsScreen,
  registers: registersScreen,
  reports: reportsScreen,
  conflicts: conflictsScreen,
  devices: devicesScreen,
  people: peopleScreen,
  users: usersScreen,
  policy: policyScreen,
  audit: auditScreen,
  more: moreScreen,
};

/** The screen of the address. */
export function officeScreen(view: View): TemplateResult {
  const { t, state, format } = view;
  const route = routeOf(view);
  const title = t(`nav.${route.screen}`);
  if (!state.office || !state.person) return screen(view, { title, body: empty(t("office.only"), t("office.only.how")) });
  keepOfficePart();
  const w = officeWords(t.language, () => view.change({}));
  if (w === null) return screen(view, { title, body: html`<p aria-busy="true"></p>` });
  const desk = view.local.office ?? new OfficeDesk(view);
  if (view.local.office === null) view.change({ office: desk });
  desk.shows(view, `${route.screen} ${route.id}`);
  return SCREENS[route.screen]({
    view, t, w, format, route, desk,
    state: state.office,
    orders: ordersOf(state.office),
    school: schoolOf(state.office.roster),
    me: state.person,
    may_write: state.person.role === "admin",
  });
}

