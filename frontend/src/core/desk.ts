/** What a signed-in person's device holds in memory: the part of its database that the screens need. */

import type { ListedConflict, DateText, InstantText, Person } from "../model.ts";
import type { ClockSample } from "./clock.ts";
import type { Reader } from "./overlay.ts";
import type { KeptRoster } from "./roster.ts";
import { unreflectedBy, type ByRegister, type Rows } from "./rows.ts";
import { dayAfter } from "./school_day.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Uncounted } from "./uncounted.ts";

/** Small facts that change with the work; kept in the database as one record. */
export interface Ledger {
  /** Made once for this database. The server counts a device's numbers, and each database counts from 1. */
  readonly device_id: string;
  /** The greatest number given to a command so far. */
  readonly last_seq: number;
  /** The greatest command id given so far. */
  readonly last_command_id: string | null;
  /** The greatest stamp given so far. */
  readonly last_stamp: InstantText | null;
  /** All commands up to this number have their stamps; not there: not known. */
  readonly stamped_to?: number;
  /** Of how many answers commands were acknowledged. */
  readonly answers: number;
  /** The snapshots contain all that was acknowledged up to this answer. */
  readonly reflected: number;
  /** The store that answered last; null before any. */
  readonly store: string | null;
  /** The greatest position that an answer to commands named: what the next reading must contain. */
  readonly position: string | null;
  /** How far the registers were read; what `changed_after` says next time. */
  readonly read_to: string | null;
  /** From which day on all registers were read. */
  readonly read_from: DateText | null;
  /** When they were last read. */
  readonly read_at: InstantText | null;
  readonly last_heard_at: InstantText | null;
  readonly sample: ClockSample | null;
}

/** The ledger of a new database. */
export function newLedger(device_id: string): Ledger {
  return {
    device_id,
    last_seq: 0,
    last_command_id: null,
    last_stamp: null,
    answers: 0,
    reflected: 0,
    store: null,
    position: null,
    read_to: null,
    read_from: null,
    read_at: null,
    last_heard_at: null,
    sample: null,
  };
}

export interface Desk {
  readonly person: Person;
  readonly ledger: Ledger;
  readonly roster: KeptRoster | null;
  /** Of the day shown and of the register that is open. */
  readonly snapshots: ReadonlyMap<string, Snapshot>;
  readonly conflicts: readonly ListedConflict[];
  /** Marks of this person's that somebody else has un-counted, until they have been seen. */
  readonly uncounted: readonly Uncounted[];
  /** All that are not acknowledged, all that the snapshots do not contain yet, and the most recent of the others. */
  readonly rows: Rows;
  /** How many commands that the server does not have are sealed with a key that is not at hand. */
  readonly closed_rows: number;
}

/** For how many days back registers are kept on a device. */
export const DAYS_KEPT = 15;

/** Whether the device knows every register of a day that anybody has taken; `today` is the school's day now. */
export function isKnownDay(ledger: Ledger, date: DateText, today: DateText): boolean {
  return ledger.read_from !== null && date >= ledger.read_from && date > dayAfter(today, -DAYS_KEPT);
}

/** The rows that must be laid over the snapshots, by register. */
export function unreflectedRows(desk: Desk): ByRegister {
  return unreflectedBy(desk.rows, desk.ledger.reflected);
}

/** The person of the desk, as the overlay wants to know them. */
export function readerOf(desk: Desk): Reader {
  return {
    id: desk.person.id,
    name: desk.person.name,
    is_office: desk.person.role === "admin",
    reopen_minutes: desk.roster?.roster.policy.reopen_minutes ?? 0,
  };
}
