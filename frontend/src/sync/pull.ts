/** Reading what the server has: the roster, the registers of one's classes, and the conflicts of one's marks. */

import type { DateText } from "../model.ts";
import { conflictsOf } from "../core/conflicts.ts";
import { isKnownDay } from "../core/desk.ts";
import { instant } from "../core/clock.ts";
import { BEGINNING } from "../core/position.ts";
import { studentById, type Roster } from "../core/roster.ts";
import { dayAfter, schoolDay } from "../core/school_day.ts";
import { detailedSnapshotOf, snapshotOf, type Snapshot } from "../core/snapshot.ts";
import { afterReading } from "../core/uncounted.ts";
import type { components } from "../api/query-api.d.ts";
import { DONE, failureOf, type Outcome, type Run } from "./outcome.ts";
import { isConflictPage, isRosterAnswer, isSessionAnswer, isSessionPage } from "./shapes.ts";

const PAGE = 200;
/** How many registers are looked at one by one in a run for names that the roster has not. */
const LOOKED_UP = 5;

/** Fetches the roster if it has changed. */
export async function pullRoster(run: Run): Promise<Outcome> {
  const kept = await run.store.reference("roster");
  const headers: Record<string, string> = kept?.etag == null ? {} : { "If-None-Match": kept.etag };
  const reply = await run.request({ path: "/roster", headers });
  if (reply.kind !== "ok") return failureOf(reply);
  if (reply.status === 304) return DONE;
  if (!isRosterAnswer(reply.body)) return { kind: "unreachable" };
  await run.store.keepReference("roster", { roster: reply.body, etag: reply.etag, fetched_at: nowText(run) });
  // Registers of a class that is new to this teacher changed before the last reading: read from the beginning again.
  if (kept !== null && hasNewClass(kept.roster, reply.body)) await run.store.keepRegisters([], { read_to: null });
  await run.changed();
  return DONE;
}

/** The registers were read; whether any had changed. */
export interface RegistersRead {
  readonly kind: "read";
  readonly changed: boolean;
}

/**
 * Fetches the registers that changed since the last time, at first those of the last `days`. Afterwards the device's
 * view contains everything that was acknowledged before.
 */
export async function pullRegisters(run: Run, roster: Roster, days: number): Promise<Outcome | RegistersRead> {
  const { answers, reflected, position, read_to, read_from } = await run.store.ledger();
  const touched = await run.store.unreflectedRegisters();
  const headers = containing(position);
  const first_day = dayAfter(today(run, roster), 1 - days);
  const from = read_to === null ? `&from=${first_day}` : "";
  // From the beginning, not without it: so the first reading comes in the order of changes too, as all later ones do.
  const items = await listRegisters(run, `changed_after=${encodeURIComponent(read_to ?? BEGINNING)}${from}`, headers);
  if (!Array.isArray(items)) return items;
  const snapshots = items.map((item) => snapshotOf(item, nowText(run)));
  const listed = new Set(items.map((item) => item.id));
  const unnamed = snapshots.filter((snapshot) => hasUnknownNames(snapshot, roster)).slice(0, LOOKED_UP);
  const to_look_up = [...touched.filter((id) => !listed.has(id)), ...unnamed.map((one) => one.session_id)];
  const looked_up = await registersOneByOne(run, to_look_up, headers);
  if (!Array.isArray(looked_up)) return looked_up;
  const read_at = nowText(run);
  if (read_from !== null && snapshots.length === 0 && looked_up.length === 0 && reflected === answers) {
    await run.store.note({ read_at });
    return { kind: "read", changed: false };
  }
  const known = { read_to: items.at(-1)?.changed_position ?? read_to, reflected: answers, read_at };
  await keep(run, [...snapshots, ...looked_up], read_to === null ? { ...known, read_from: first_day } : known);
  await run.changed();
  return { kind: "read", changed: true };
}

/** Fetches the registers of one day, for a day longer ago than those that are kept. */
export async function pullDay(run: Run, roster: Roster, date: DateText): Promise<Outcome> {
  const ledger = await run.store.ledger();
  if (isKnownDay(ledger, date, today(run, roster))) return DONE;
  const items = await listRegisters(run, `date=${date}`, containing(ledger.position));
  if (!Array.isArray(items)) return items;
  await keep(run, items.map((item) => snapshotOf(item, nowText(run))), {});
  await run.changed();
  return DONE;
}

/** Keeps what was read, with the names that were known before, and notes which of this person's marks count no more. */
async function keep(run: Run, read: readonly Snapshot[], known: Parameters<Run["store"]["keepRegisters"]>[1]): Promise<void> {
  const { store } = run;
  const before = await store.snapshots(read.map((snapshot) => snapshot.session_id));
  const told = (await store.reference("uncounted")) ?? [];
  const unsent = new Set((await store.queued()).map((row) => row.command_id));
  const uncounted = afterReading(told, before, read, store.person_id, (command_id) => unsent.has(command_id));
  const named = read.map((snapshot) =>
    snapshot.names.length > 0 ? snapshot : { ...snapshot, names: before.get(snapshot.session_id)?.names ?? [] });
  await store.keepRegisters(named, known, uncounted === told ? null : uncounted);
}

/** Asks for an answer that contains what this device was told is there. */
function containing(position: string | null): Record<string, string> {
  return position === null ? {} : { "Muster-After": position };
}

function today(run: Run, roster: Roster): DateText {
  return schoolDay(run.now_ms(), roster.school.time_zone);
}

type SessionItem = components["schemas"]["SessionItem"];

async function listRegisters(
  run: Run,
  filter: string,
  headers: Readonly<Record<string, string>>,
): Promise<SessionItem[] | Outcome> {
  const items: SessionItem[] = [];
  let cursor: string | null = null;
  do {
    const more: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const reply = await run.request({ path: `/sessions?${filter}&include=marks&limit=${PAGE}${more}`, headers });
    if (reply.kind !== "ok") return failureOf(reply);
    if (!isSessionPage(reply.body)) return { kind: "unreachable" };
    items.push(...reply.body.items);
    cursor = reply.body.next_cursor ?? null;
  } while (cursor !== null);
  return items;
}

async function registersOneByOne(
  run: Run,
  session_ids: readonly string[],
  headers: Readonly<Record<string, string>>,
): Promise<Snapshot[] | Outcome> {
  const snapshots: Snapshot[] = [];
  for (const session_id of session_ids) {
    const reply = await run.request({ path: `/sessions/${session_id}`, headers });
    // A register that is not this teacher's any more, or of which nothing counts, is no reason to stop.
    if (reply.kind === "problem" && (reply.status === 403 || reply.status === 404)) continue;
    if (reply.kind !== "ok") return failureOf(reply);
    if (!isSessionAnswer(reply.body)) return { kind: "unreachable" };
    snapshots.push(detailedSnapshotOf(reply.body, nowText(run)));
  }
  return snapshots;
}

/** Fetches the conflicts of this person's marks in the current term. */
export async function pullConflicts(run: Run, roster: Roster, person_id: string): Promise<Outcome> {
  const items: components["schemas"]["ConflictItem"][] = [];
  let cursor: string | null = null;
  do {
    const more: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const reply = await run.request({ path: `/reports/conflicts?limit=500${more}` });
    // Between terms there is no current one to ask about.
    if (reply.kind === "problem" && reply.status < 500 && reply.status !== 429) return DONE;
    if (reply.kind !== "ok") return failureOf(reply);
    if (!isConflictPage(reply.body)) return { kind: "unreachable" };
    items.push(...reply.body.items);
    cursor = reply.body.next_cursor ?? null;
  } while (cursor !== null);
  const kept = await run.store.snapshots(items.map((item) => item.session_id));
  await run.store.keepReference("conflicts", conflictsOf(items, { person_id, roster, kept, today: today(run, roster) }));
  await run.changed();
  return DONE;
}

function hasNewClass(before: Roster, after: Roster): boolean {
  const known = new Set(before.classes.map((one) => one.id));
  return after.classes.some((one) => !known.has(one.id));
}

function hasUnknownNames(snapshot: Snapshot, roster: Roster): boolean {
  return snapshot.entries.some((entry) => studentById(roster, entry.student_id) === null);
}

function nowText(run: Run): string {
  return instant(run.now_ms());
}
