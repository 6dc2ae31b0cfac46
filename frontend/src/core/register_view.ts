/** The register screen, from what the device holds. */

import type { DateText, InstantText, RegisterKey, RegisterView } from "../model.ts";
import { instant } from "./clock.ts";
import { isKnownDay, readerOf, type Desk } from "./desk.ts";
import type { OutboxRow } from "./command.ts";
import { overlay, type Reader, type ShownRegister } from "./overlay.ts";
import { countsOf, registerRows } from "./register_rows.ts";
import { classOf, isInTerm, namedRegister, type Roster } from "./roster.ts";
import { dayAfter, momentOf, schoolDay } from "./school_day.ts";

/** What the register screen needs beside the desk. */
export interface RegisterInput {
  readonly desk: Desk;
  readonly rows_by_session: ReadonlyMap<string, readonly OutboxRow[]>;
  readonly sending: ReadonlySet<number>;
  /** By the best estimate of the server's clock. */
  readonly now_ms: number;
}

/** A register that can be undone to what it was. */
export type Undoable = NonNullable<RegisterView["undo"]> & { readonly session_id: string };

/** The view of a register; null as long as the device has no roster. */
export function registerView(input: RegisterInput, wanted: RegisterKey, undo: Undoable | null): RegisterView | null {
  const roster = input.desk.roster?.roster;
  if (roster === undefined) return null;
  const { key, session_id } = namedRegister(roster, wanted);
  const own = input.rows_by_session.get(session_id) ?? [];
  const snapshot = input.desk.snapshots.get(session_id) ?? null;
  const reader = readerOf(input.desk);
  const shown = overlay(snapshot, own, reader);
  const today = schoolDay(input.now_ms, roster.school.time_zone);
  // What somebody has marked is shown, wherever that may be.
  const why_not = shown.entries.size > 0 || shown.own.size > 0 ? null : whyNot(roster, key);
  const rows = why_not !== null ? [] : registerRows({
    key,
    roster,
    shown,
    names: snapshot?.names ?? [],
    conflicts: input.desk.conflicts.filter((line) => line.session_id === session_id),
    person_id: input.desk.person.id,
    sending: input.sending,
  });
  return {
    key,
    session_id,
    ...titles(roster, key),
    status: shown.status,
    void: shown.void,
    why_not,
    out_of_time: outOfTime(roster, reader, key.date, today),
    edit_days: roster.policy.edit_days,
    rows,
    counts: countsOf(rows),
    unsent: own.filter((row) => row.state === "queued").length,
    fetched_at: isKnownDay(input.desk.ledger, key.date, today)
      ? input.desk.ledger.read_at
      : snapshot?.fetched_at ?? null,
    closed_at: shown.closed_at,
    closed_by: nameOf(input.desk, shown.closed_by),
    reopen_until: reopenUntil(shown, reader, input.now_ms),
    undo: undo !== null && undo.session_id === session_id && Date.parse(undo.until) > input.now_ms
      ? { label: undo.label, until: undo.until }
      : null,
    slot_start: slotStart(roster, key),
  };
}

/** What the server would refuse every mark of the register for, whatever the time is: of that the device may be wrong. */
function whyNot(roster: Roster, { class_id, subject_id, date }: RegisterKey): RegisterView["why_not"] {
  if (classOf(roster, class_id) === null) return "unknown_class";
  if (subject_id !== null && !roster.subjects.some((subject) => subject.id === subject_id)) return "unknown_subject";
  return isInTerm(roster, date) ? null : "no_term";
}

/** The server goes by its own clock and by the day of the tap; this device only by what it knows of both. */
function outOfTime({ policy }: Roster, reader: Reader, date: DateText, today: DateText): RegisterView["out_of_time"] {
  if (date > today) return "to_come";
  return !reader.is_office && date < dayAfter(today, -policy.edit_days) ? "too_old" : null;
}

function titles(
  roster: Roster,
  key: RegisterKey,
): Pick<RegisterView, "class_title" | "subject_title" | "slot_title"> {
  return {
    class_title: classOf(roster, key.class_id)?.title ?? "",
    subject_title: roster.subjects.find((subject) => subject.id === key.subject_id)?.title ?? null,
    slot_title: key.slot === null ? null : roster.slots.find((slot) => slot.id === key.slot)?.title ?? key.slot,
  };
}

function slotStart(roster: Roster, key: RegisterKey): InstantText | null {
  const start = roster.slots.find((slot) => slot.id === key.slot)?.start;
  return start == null ? null : momentOf(key.date, start, roster.school.time_zone);
}

/** A closed register may be reopened by whoever closed it, for as long as the school's policy says. */
function reopenUntil(shown: ShownRegister, reader: Reader, now_ms: number): InstantText | null {
  if (shown.closed_at === null) return null;
  if (reader.is_office) return instant(now_ms + 86_400_000);
  const until_ms = Date.parse(shown.closed_at) + reader.reopen_minutes * 60_000;
  return shown.closed_by === reader.id && until_ms > now_ms ? instant(until_ms) : null;
}

function nameOf(desk: Desk, user_id: string | null): string | null {
  if (user_id === null) return null;
  if (user_id === desk.person.id) return desk.person.name;
  return desk.roster?.roster.staff.find((one) => one.id === user_id)?.name ?? null;
}
