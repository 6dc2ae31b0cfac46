/** The cards of a day: every register that this person's classes should have, and those that somebody took besides. */

import type { DateText, RegisterKey, TodayCard } from "../model.ts";
import { registerOf } from "./command.ts";
import { isKnownDay, type Desk } from "./desk.ts";
import { once } from "./once.ts";
import { registerView, type RegisterInput } from "./register_view.ts";
import { namedRegister, isInTerm, isOwn, type Roster } from "./roster.ts";

/** The cards of `date` in order of time; `today` is the school's day now. */
export function todayCards(input: RegisterInput, date: DateText, today: DateText): readonly TodayCard[] {
  const roster = input.desk.roster?.roster;
  if (roster === undefined) return [];
  const keys = new Map(expected(input.desk, roster, date).map((key) => [namedRegister(roster, key).session_id, key]));
  for (const [session_id, key] of taken(input, date)) keys.set(session_id, key);
  const cards = [...keys.values()].flatMap((key) => cardOf(input, roster, key, today));
  return cards.sort((a, b) => orderOf(roster, a) - orderOf(roster, b) || byTitle().compare(a.class_title, b.class_title));
}

const byTitle = once(() => new Intl.Collator("en", { numeric: true }));

/** One register for each class and part of the day, in a term; for teachers those that are theirs on the day. */
function expected({ person }: Desk, roster: Roster, date: DateText): RegisterKey[] {
  if (!isInTerm(roster, date)) return [];
  const slots = roster.slots.length === 0 ? [null] : roster.slots.map((slot) => slot.id);
  const terms = new Set(roster.terms.filter((term) => term.start <= date && date <= term.end).map((term) => term.id));
  const classes = roster.classes.filter((one) => one.term_ids.length === 0 || one.term_ids.some((id) => terms.has(id)));
  return classes.flatMap((one) =>
    slots.filter((slot) => person.role !== "teacher" || isOwn(one, date, slot)).map((slot) => ({ class_id: one.id, date, subject_id: null, slot })));
}

function taken(input: RegisterInput, date: DateText): ReadonlyMap<string, RegisterKey> {
  const keys = new Map<string, RegisterKey>();
  for (const snapshot of input.desk.snapshots.values()) {
    if (snapshot.date === date) keys.set(snapshot.session_id, snapshot.key);
  }
  for (const [session_id, [first]] of input.rows_by_session) {
    const key = first === undefined ? null : registerOf(first.command);
    if (key?.date === date) keys.set(session_id, key);
  }
  return keys;
}

function cardOf(input: RegisterInput, roster: Roster, key: RegisterKey, today: DateText): TodayCard[] {
  const view = registerView(input, key, null);
  if (view === null) return [];
  const { session_id, class_title, subject_title, slot_title, counts, unsent } = view;
  const slot_start = roster.slots.find((slot) => slot.id === key.slot)?.start ?? null;
  return [{
    key: view.key,
    session_id,
    class_title,
    subject_title,
    slot_title,
    slot_start,
    state: view.void ? "void" : view.status === "not_taken" ? untaken(input.desk, roster, key.date, today) : view.status,
    counts,
    unsent,
  }];
}

/** A register is missing when its day has passed, was a school day, and the device would know if it had been taken. */
function untaken(desk: Desk, roster: Roster, date: DateText, today: DateText): "not_taken" | "missing" {
  const school_day = isInTerm(roster, date) && !roster.closed_days.includes(date);
  return school_day && date < today && isKnownDay(desk.ledger, date, today) ? "missing" : "not_taken";
}

function orderOf(roster: Roster, card: TodayCard): number {
  const index = roster.slots.findIndex((slot) => slot.id === card.key.slot);
  return index < 0 ? roster.slots.length : index;
}
