/** What the office's screens see beside the rest of the state, and what they may ask for beside the other actions. */

import type { Command, OutboxRow } from "../core/command.ts";
import type { Roster } from "../core/roster.ts";
import type { InstantText, Problem, Saved } from "../model.ts";
import type { Request } from "../sync/http.ts";
import type { SignedReply } from "../sync/sign_in.ts";

/** The screens of the office, as they stand in the address. */
export const OFFICE_SCREENS = ["today", "arrivals", "exceptions", "registers", "reports", "conflicts", "devices", "people", "users", "policy", "audit", "more"] as const;
export type OfficeScreen = (typeof OFFICE_SCREENS)[number];

/** A place in the office: the screen, what is open in it, and how it is filtered. */
export interface OfficeRoute {
  readonly name: "office";
  readonly screen: OfficeScreen;
  /** What is open: a register, a report, a form; null: the screen's list. */
  readonly id: string | null;
  readonly query: Readonly<Record<string, string>>;
}

/** A command of this device that is not a mark, and how far it has come. */
export interface Order {
  readonly seq: number;
  readonly command: Exclude<Command, { readonly type: "MarkAttendance" | "ClearMark" }>;
  /** The register, or what else the command is about. */
  readonly about_id: string;
  readonly saved: Saved;
  readonly problem: Problem | null;
  readonly occurred_at: InstantText;
  /** What the server said that it does; null until it answered. */
  readonly effect: string | null;
  /** The number of the answer that acknowledged it, counted by this device; 0 until then. */
  readonly answer: number;
}

/** Null for whoever is not of the office. */
export interface OfficeState {
  /** The school as the server last described it; null: not on this device yet. */
  readonly roster: Roster | null;
  readonly roster_at: InstantText | null;
  /** The commands of this device that are in memory. */
  readonly rows: readonly OutboxRow[];
  /** The numbers of those that are being sent. */
  readonly sending: readonly number[];
  /** How many answers have acknowledged anything of this device: whatever is asked for now contains those. */
  readonly answers: number;
  /** Changes with every register that this device hears of. */
  readonly heard: string;
}

/** An answer that was read, kept for when there is no network. */
export interface KeptReading {
  readonly path: string;
  readonly body: unknown;
  readonly at: InstantText;
  /** Which of this device's commands it contains. */
  readonly answers: number;
}

export interface OfficeActions {
  /** Saves commands of the office on the device, from where they go out like marks. */
  order(commands: readonly Order["command"][]): Promise<void>;
  /** Asks the server in this person's name, for an answer that contains whatever this device was told is there. */
  ask(request: Request): Promise<SignedReply>;
  keptReadings(): Promise<readonly KeptReading[]>;
  keepReadings(readings: readonly KeptReading[]): Promise<void>;
}
