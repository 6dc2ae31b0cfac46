/** The commands this device makes, and the rows of its outbox. */

import type { InstantText, Problem, RegisterKey, Status } from "../model.ts";
import type { Tapped } from "./clock.ts";
import type { AcceptConflict, AliasCommand, ContestMark, CorrectAttendance, ExceptionCommand, RecordArrival, RollCommand, SignOffPeriod } from "./office_command.ts";

export interface MarkAttendance {
  readonly type: "MarkAttendance";
  readonly session: RegisterKey;
  readonly student_id: string;
  readonly status: Status;
  /** 0 to 240, only with `late`. */
  readonly minutes_late: number | null;
  readonly remarks: string | null;
}

export interface ClearMark {
  readonly type: "ClearMark";
  readonly session: RegisterKey;
  readonly student_id: string;
}

export interface CloseSession {
  readonly type: "CloseSession";
  readonly session: RegisterKey;
}

export interface ReopenSession {
  readonly type: "ReopenSession";
  readonly session: RegisterKey;
  readonly reason: string;
  /** From when on marks count again; null: from the command on, or what `since_at` of the row says. */
  readonly effective_at: InstantText | null;
}

export interface VoidOrRestore {
  readonly type: "VoidSession" | "RestoreSession";
  readonly session: RegisterKey;
  readonly reason: string;
}

/** What happened to a register, without when and under which id. */
export type RegisterCommand =
  | MarkAttendance | ClearMark | CloseSession | ReopenSession | VoidOrRestore | CorrectAttendance | RecordArrival | ContestMark | AcceptConflict;

/** What happened, without when and under which id. */
export type Command = RegisterCommand | ExceptionCommand | RollCommand | SignOffPeriod | AliasCommand;

/** What a command is about when it is no register. */
export type About = "exception" | "roll" | "sign_off" | "alias";

/** A command as asked for by a tap, before the device gives it an id and a number. */
export interface Draft {
  readonly command: Command;
  /** The register, or the id of what `about` says. */
  readonly session_id: string;
  /** Not there: the command is about a register. */
  readonly about?: About;
  /** For a reopen whose close is on this device and has no stamp yet: the close's number. */
  readonly since_seq: number | null;
}

/**
 * How far a command is. `queued`: to be sent, or sent without an answer. `acknowledged`: the server answered that it
 * has it; kept for 30 days in case the server loses it. `attention`: the server refused it; a person decides.
 */
export type RowState = "queued" | "acknowledged" | "attention";

/** A command in the outbox. */
export interface OutboxRow {
  /** The order in which this device's commands were made; also sent as `device_seq`. */
  readonly seq: number;
  readonly command_id: string;
  readonly command: Command;
  readonly session_id: string;
  readonly about?: About;
  readonly since_seq: number | null;
  /** For a reopen with `since_seq`: the close's stamp, once that is known. */
  readonly since_at?: InstantText;
  readonly tapped: Tapped;
  /** By the server's clock; null until corrected once, before the first sending. The server may set it right. */
  readonly occurred_at: InstantText | null;
  readonly state: RowState;
  readonly problem: Problem | null;
  /** What the command did to the register, in the server's words as last answered. */
  readonly effect: string | null;
  readonly acknowledged_at: InstantText | null;
  /** The number of the answer that acknowledged it, counted by this device; 0 while it is not acknowledged. */
  readonly answer: number;
  /** Which store acknowledged it. */
  readonly store: string | null;
}

/** What is known of a row without knowing what it says. */
export type RowHead = Omit<OutboxRow, "command">;

/** A row as it is written at the tap. */
export function newRow(seq: number, command_id: string, draft: Draft, tapped: Tapped): OutboxRow {
  return {
    seq,
    command_id,
    command: draft.command,
    session_id: draft.session_id,
    ...(draft.about === undefined ? {} : { about: draft.about }),
    since_seq: draft.since_seq,
    tapped,
    occurred_at: null,
    state: "queued",
    problem: null,
    effect: null,
    acknowledged_at: null,
    answer: 0,
    store: null,
  };
}

/** From when on marks count again after a reopen; null: from the reopen itself, or it is not known yet. */
export function startOf(row: OutboxRow): InstantText | null {
  return row.command.type === "ReopenSession" ? row.command.effective_at ?? row.since_at ?? null : null;
}

/** Which register the command is about; null for a command about something else. */
export function registerOf(command: Command): RegisterKey | null {
  return "session" in command ? command.session : null;
}

/** Whom the command is about; null for a command about the whole register. */
export function studentOf(command: Command): string | null {
  return "student_id" in command ? command.student_id : null;
}
