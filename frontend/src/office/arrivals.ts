/** Which registers a child who comes late has missed the beginning of, and by how much. Pure. */

import type { Roster } from "../core/roster.ts";
import { momentOf } from "../core/school_day.ts";
import { MOST_MINUTES_LATE, type InstantText, type RegisterKey } from "../model.ts";
import type { Order } from "./model.ts";
import type { OfficeEntry, OfficeRegister } from "./register.ts";
import type { Pupil, School } from "./school.ts";

/** A register of today with the entry of the child. */
export interface ArrivalRegister {
  readonly session_id: string;
  readonly key: RegisterKey;
  /** Only in a closed register does the office's word count: else the teacher is still marking. */
  readonly is_closed: boolean;
  readonly entry: OfficeEntry;
  /** Since the register began; null: the school names no time. */
  readonly minutes: number | null;
  /** Whether the child missed its beginning and can still be in it, and nobody has marked them as being there. */
  readonly falls_in: boolean;
}

/** A register as read, for a child who came at `now`; null if the child is not in it or it is void. */
export function arrivalRegister(roster: Roster, session_id: string, register: OfficeRegister, student_id: string, now: InstantText): ArrivalRegister | null {
  const entry = register.entries.find((one) => one.student_id === student_id);
  if (entry === undefined || register.void) return null;
  const [start, end] = hoursOf(roster, register.key);
  const is_there = entry.status === "present" || entry.status === "late";
  return {
    session_id,
    key: register.key,
    is_closed: register.status === "closed",
    entry,
    minutes: start === null ? null : minutesBetween(start, now),
    falls_in: !is_there && (start === null || start <= now) && (end === null || now < end),
  };
}

/** When a register begins, and from when on nobody can come late to it any more; null: the school does not say. */
function hoursOf({ slots, school }: Roster, { date, slot }: RegisterKey): readonly [InstantText | null, InstantText | null] {
  const at = (hours: string | null | undefined): InstantText | null => (hours == null ? null : momentOf(date, hours, school.time_zone));
  const starts = slots.flatMap((one) => at(one.start) ?? []).sort();
  // A register of the whole day begins with the first part of it.
  if (slot === null) return [starts[0] ?? null, null];
  const own = slots.find((one) => one.id === slot);
  const start = at(own?.start);
  const next = start === null ? null : starts.find((one) => one > start) ?? null;
  return [start, at(own?.end) ?? next];
}

function minutesBetween(start: InstantText, end: InstantText): number {
  const minutes = Math.floor((Date.parse(end) - Date.parse(start)) / 60_000);
  return Math.min(MOST_MINUTES_LATE, Math.max(0, minutes));
}

/** The student whose admission number was typed or scanned whole; null if there is none, or more than one. */
export function scanned({ pupils }: School, typed: string): Pupil | null {
  const number = typed.trim().toLowerCase();
  if (number === "") return null;
  const found = [...pupils.values()].filter((pupil) => pupil.admission_number?.toLowerCase() === number);
  return found.length === 1 ? found[0] ?? null : null;
}

type ArrivalOrder = Order & { readonly command: Extract<Order["command"], { readonly type: "RecordArrival" }> };

/** A late child that this device recorded. */
export interface ShownArrival {
  readonly order: ArrivalOrder;
  /** `recorded`: it can be taken back. `superseded`: it changed nothing. `corrected`: this device said something else since. */
  readonly state: "recorded" | "superseded" | "refused" | "corrected";
}

/** The last arrivals of a day, the newest first; at most `most`. */
export function shownArrivals(orders: readonly Order[], date: string, most: number): readonly ShownArrival[] {
  const arrivals = orders.filter((order): order is ArrivalOrder => order.command.type === "RecordArrival" && order.command.session.date === date);
  return [...arrivals].reverse().slice(0, most).map((order) => ({ order, state: stateOf(order, orders) }));
}

function stateOf(order: ArrivalOrder, orders: readonly Order[]): ShownArrival["state"] {
  if (order.saved === "attention") return "refused";
  if (order.effect === "superseded") return "superseded";
  const is_later = ({ seq, command, about_id, saved }: Order): boolean =>
    seq > order.seq && about_id === order.about_id && saved !== "attention"
      && (command.type === "CorrectAttendance" || command.type === "RecordArrival") && command.student_id === order.command.student_id;
  return orders.some(is_later) ? "corrected" : "recorded";
}
