/** The cards of a day: every register that this person's classes should have, and those that somebody took besides. */

import type { DateText, DayView, RegisterKey, TodayCard } from "../model.ts";
import { registerOf } from "./command.ts";
import { isKnownDay, type Desk } from "./desk.ts";
import { once } from "./once.ts";
import { registerView, type RegisterInput } from "./register_view.ts";
import { classOf, enrolledOn, expectedSlots, isOwn, isSchoolDay, namedRegister, type Roster, type RosterClass } from "./roster.ts";

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

/** What a register can be taken of besides the cards: every part of the day and every subject of a person's classes. */
export function dayView({ person, roster: kept }: Desk, date: DateText): DayView | null {
  const roster = kept?.roster;
  if (roster === undefined) return null;
  const slots = [...roster.slots.map(({ id, title }) => ({ slot: id, title })), { slot: null, title: null }];
  return {
    has_school: isSchoolDay(roster, date),
    classes: classesOf(roster, date).flatMap((one) => {
      const own = slots.filter(({ slot }) => person.role !== "teacher" || isOwn(one, date, slot));
      return own.length === 0 ? [] : [{ class_id: one.id, title: one.title, slots: own }];
    }),
    subjects: roster.subjects,
  };
}

/** The registers that the calendar expects of each class; for teachers those that are theirs on the day. */
function expected({ person }: Desk, roster: Roster, date: DateText): RegisterKey[] {
  if (!isSchoolDay(roster, date)) return [];
  return classesOf(roster, date).flatMap((one) =>
    expectedSlots(roster, one, date)
      .filter((slot) => person.role !== "teacher" || isOwn(one, date, slot))
      .map((slot) => ({ class_id: one.id, date, subject_id: null, slot })));
}

/** The classes of a day's term. */
function classesOf(roster: Roster, date: DateText): readonly RosterClass[] {
  const terms = new Set(roster.terms.filter((term) => term.start <= date && date <= term.end).map((term) => term.id));
  return terms.size === 0
    ? []
    : roster.classes.filter((one) => one.term_ids.length === 0 || one.term_ids.some((id) => terms.has(id)));
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
    state: view.void ? "void" : view.status === "not_taken" ? untaken(input.desk, roster, key, today) : view.status,
    counts,
    unsent,
  }];
}

/**
 * A register is missing when the calendar expects it, its day has passed, somebody was in the class, and the device would
 * know if it had been taken.
 */
function untaken(desk: Desk, roster: Roster, { class_id, date, slot }: RegisterKey, today: DateText): "not_taken" | "missing" {
  const one = classOf(roster, class_id);
  const is_expected = one !== null && isSchoolDay(roster, date) && expectedSlots(roster, one, date).includes(slot)
    && enrolledOn(one, date).length > 0;
  return is_expected && date < today && isKnownDay(desk.ledger, date, today) ? "missing" : "not_taken";
}

function orderOf(roster: Roster, card: TodayCard): number {
  const index = roster.slots.findIndex((slot) => slot.id === card.key.slot);
  return index < 0 ? roster.slots.length : index;
}
