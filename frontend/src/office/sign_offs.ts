/** Periods that were signed off, with those that this device still has to tell the server of. Pure. */

import type { components } from "../api/query-api.d.ts";
import type { InstantText, Person, Saved } from "../model.ts";
import type { Order } from "./model.ts";

type Schemas = components["schemas"];
export type SignOff = Schemas["SignOffItem"];
export type Amendment = Schemas["AmendmentItem"];
export type SignOffCheck = Schemas["SignOffCheckResponse"];

/** A sign-off, and how far it has come from this device; null: the server's list has it. */
export interface ShownSignOff {
  readonly item: SignOff;
  readonly saved: Saved | null;
}

/** Newest first: what this device has said and the list does not have, then the list. */
export function shownSignOffs(items: readonly SignOff[], orders: readonly Order[], me: Person, titleOf: (class_id: string) => string): readonly ShownSignOff[] {
  const known = new Set(items.map(({ sign_off_id }) => sign_off_id));
  const own = orders.flatMap(({ command, saved, occurred_at }): ShownSignOff[] => {
    if (command.type !== "SignOffPeriod" || saved === "attention" || known.has(command.sign_off_id)) return [];
    return [{ item: unsent(command, occurred_at, me, titleOf), saved }];
  });
  return [...own.reverse(), ...items.map((item) => ({ item, saved: null }))];
}

function unsent(
  { sign_off_id, from, to, class_id, note }: Extract<Order["command"], { readonly type: "SignOffPeriod" }>,
  at: InstantText,
  me: Person,
  titleOf: (class_id: string) => string,
): SignOff {
  const class_title = class_id === null ? null : titleOf(class_id);
  const amendments = { entries: 0, registers: 0, exceptions: 0, roster: 0 };
  return { sign_off_id, from, to, class_id, class_title, note, signed_by: { id: me.id, name: me.name }, signed_at: at, recorded_at: at, amendments };
}

/** How much has changed since, of every kind together. */
export function changesSince({ amendments: { entries, registers, exceptions, roster } }: SignOff): number {
  return entries + registers + exceptions + roster;
}
