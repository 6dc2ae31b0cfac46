/**
 * The databases of this device. One for the device itself, and one for each person who worked on it, so that nobody's
 * unsent work is mixed with or wiped by somebody else's.
 *
 * Versions only ever add. A command written by an old version must be readable by every later one: the outbox is never
 * renamed, rebuilt or emptied by an upgrade.
 */

import type { DBSchema } from "idb";
import type { ListedConflict, InstantText, Person, Settings } from "../model.ts";
import type { RowState } from "../core/command.ts";
import type { Ledger } from "../core/desk.ts";
import type { KeptRoster } from "../core/roster.ts";
import type { KeptReading } from "../office/model.ts";
import type { Uncounted } from "../core/uncounted.ts";
import type { Attempts, KeptKey } from "./keyring.ts";
import type { Sealed, StoredRow, StoredSnapshot } from "./seal.ts";

/** Who is signed in on this device. No password, no token: the browser keeps the cookie. */
export interface SignedIn {
  readonly person: Person;
  readonly school_code: string;
  /** Several people use this device: what is kept is sealed, and signing out wipes names and registers. */
  readonly shared_device: boolean;
}

export interface DeviceSchema extends DBSchema {
  settings: { key: "settings"; value: Settings };
  sign_in: {
    key: "signed_in" | "sign_out_to_tell";
    /** `sign_out_to_tell`: when somebody signed out without a network; the server is told later. */
    value: SignedIn | InstantText;
  };
}

/** What is kept once: the school as the server described it, and what there is to tell about this person's marks. */
export interface Reference {
  readonly roster: KeptRoster;
  readonly conflicts: readonly ListedConflict[];
  readonly uncounted: readonly Uncounted[];
  /** What the office read last. */
  readonly readings: readonly KeptReading[];
}

export interface PersonSchema extends DBSchema {
  outbox: {
    key: number;
    value: StoredRow;
    indexes: { command_id: string; state: RowState; answer: number };
  };
  registers: { key: string; value: StoredSnapshot; indexes: { date: string } };
  reference: { key: keyof Reference; value: Reference[keyof Reference] | { readonly sealed: Sealed } };
  ledger: { key: "ledger"; value: Ledger };
  /** Only of a database that is sealed. The key that seals is the one made last. */
  keys: { key: string; value: KeptKey };
  attempts: { key: "attempts"; value: Attempts };
}

export const DEVICE_DATABASE = "muster-device";
export const DEVICE_VERSION = 1;
/** 3: the outbox may hold commands that are about no register. A tab that does not know of these has to let go. */
export const PERSON_VERSION = 3;

/** The name of a person's database. */
export function personDatabase(person_id: string): string {
  return `muster-${person_id}`;
}
