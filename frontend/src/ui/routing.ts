/** Screens and their addresses. The address is the truth: what is shown can be bookmarked, shared and gone back to. */
import type { DateText, EntryStatus, Route } from "../model.ts";
import { OFFICE_SCREENS } from "../office/model.ts";

/** Which students of a register are shown. */
export interface Filter {
  readonly show: EntryStatus | null;
  /** Part of a name or an admission number. */
  readonly search: string;
}

/** A screen with its filter. */
export interface Address {
  readonly route: Route;
  readonly filter: Filter;
}

/** Everybody. */
export const NO_FILTER: Filter = { show: null, search: "" };

const ENTRY_STATUSES: readonly EntryStatus[] = ["present", "absent", "late", "excused", "unmarked"];
const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** Stands for "no subject" and "no slot". */
const NONE = "-";
/** What a part of the day can be called, by the server's rules. */
const SLOT = /^[a-z0-9_-]{1,32}$/;

/** Reads what stands after `#` in the address. Whatever is not understood leads to Today. */
export function parseAddress(hash: string): Address {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const route = parseRoute(path.split("/").filter(Boolean).map(decode), query);
  return { route, filter: route.name === "office" ? NO_FILTER : parseFilter(query) };
}

/** The address of a screen, with its `#`. */
export function addressOf(route: Route, filter: Filter = NO_FILTER): string {
  const query = new URLSearchParams(route.name === "office" ? route.query : {});
  if (filter.show) query.set("show", filter.show);
  if (filter.search) query.set("q", filter.search);
  const text = query.toString();
  return `#/${pathOf(route).map(encodeURIComponent).join("/")}${text && `?${text}`}`;
}

function pathOf(route: Route): string[] {
  switch (route.name) {
    case "today":
      return route.date ? ["today", route.date] : ["today"];
    case "register": {
      const { class_id, date, subject_id, slot } = route.key;
      return ["register", class_id, date, subject_id ?? NONE, slot ?? NONE];
    }
    case "office":
      return route.id === null ? ["office", route.screen] : ["office", route.screen, route.id];
    default:
      return [route.name];
  }
}

function parseRoute([name, ...rest]: string[], query: string): Route {
  switch (name) {
    case "office":
      return parseOffice(rest, query) ?? { name: "today", date: null };
    case "register":
      return parseRegister(rest) ?? { name: "today", date: null };
    case "sync":
    case "history":
    case "settings":
    case "hand_in":
      return { name };
    default:
      return { name: "today", date: name === "today" ? parseDate(rest[0]) : null };
  }
}

function parseOffice([name, id]: string[], query: string): Route | null {
  const screen = OFFICE_SCREENS.find((known) => known === name);
  return screen === undefined ? null : { name: "office", screen, id: id ?? null, query: Object.fromEntries(new URLSearchParams(query)) };
}

function parseRegister([class_id, date, subject = NONE, slot = NONE]: string[]): Route | null {
  const day = parseDate(date);
  if (!class_id || !day || !SLOT.test(slot)) return null;
  return {
    name: "register",
    key: { class_id, date: day, subject_id: subject === NONE ? null : subject, slot: slot === NONE ? null : slot },
  };
}

function parseDate(text: string | undefined): DateText | null {
  if (!text || !DATE.test(text) || Number.isNaN(Date.parse(text))) return null;
  // A day that no month has is read as one of the next.
  return new Date(text).toISOString().startsWith(text) ? text : null;
}

function parseFilter(query: string): Filter {
  const values = new URLSearchParams(query);
  const show = ENTRY_STATUSES.find((status) => status === values.get("show")) ?? null;
  return { show, search: values.get("q") ?? "" };
}

/** A broken escape is taken as it stands. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
