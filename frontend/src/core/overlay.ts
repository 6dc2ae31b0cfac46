/**
 * A register as shown: the server's snapshot with this device's commands that it does not contain yet laid over it, in
 * the order in which the server folds them.
 */

import type { EntryStatus, InstantText } from "../model.ts";
import { startOf, studentOf, type ClearMark, type MarkAttendance, type OutboxRow } from "./command.ts";
import type { CorrectAttendance, RecordArrival } from "./office_command.ts";
import { happenedAt } from "./outbox.ts";
import type { Entry, Snapshot } from "./snapshot.ts";

/** What counts for a student: from the server, or by a row of this device. */
export interface ShownEntry {
  readonly status: EntryStatus;
  readonly minutes_late: number | null;
  readonly remarks: string | null;
  readonly command_id: string;
  readonly marked_by: { readonly id: string; readonly name: string };
  readonly corrected: boolean;
}

export interface ShownRegister {
  readonly status: "not_taken" | "open" | "closed";
  readonly void: boolean;
  readonly closed_at: InstantText | null;
  /** The id of who closed it. */
  readonly closed_by: string | null;
  /** The row of this device that closed it; null if the server says so. */
  readonly close_seq: number | null;
  readonly entries: ReadonlyMap<string, ShownEntry>;
  /** For each student the last of this device's rows that the snapshot does not contain, whether it counts or not. */
  readonly own: ReadonlyMap<string, OutboxRow>;
}

/** Who works on this device, and for how long after their close they may reopen. */
export interface Reader {
  readonly id: string;
  readonly name: string;
  /** The school office marks and reopens whenever it wants. */
  readonly is_office: boolean;
  readonly reopen_minutes: number;
}

interface Close {
  readonly at: InstantText;
  readonly by: string | null;
  readonly seq: number | null;
}

interface Placed {
  readonly row: OutboxRow;
  /** Where it stands; null: not stamped yet, so after everything that is. */
  readonly at: InstantText | null;
  readonly tie: string;
}

/** Lays `rows` over `snapshot`. `rows` are those of this register that the snapshot does not contain. */
export function overlay(snapshot: Snapshot | null, rows: readonly OutboxRow[], reader: Reader): ShownRegister {
  const fold = new Fold(snapshot, reader);
  for (const placed of inOrder(rows)) fold.add(placed);
  return fold.result(rows.some((row) => row.state !== "attention"));
}

class Fold {
  private close: Close | null = null;
  private serverClose: Close | null = null;
  private void: boolean;
  private readonly server: ReadonlyMap<string, Entry>;
  private readonly entries = new Map<string, ShownEntry>();
  private readonly own = new Map<string, OutboxRow>();

  constructor(private readonly snapshot: Snapshot | null, private readonly reader: Reader) {
    this.void = snapshot?.void ?? false;
    if (snapshot?.status === "closed" && snapshot.closed_at !== null) {
      this.serverClose = { at: snapshot.closed_at, by: snapshot.closed_by, seq: null };
    }
    this.server = new Map((snapshot?.entries ?? []).map((entry) => [entry.student_id, entry]));
    for (const entry of snapshot?.entries ?? []) this.entries.set(entry.student_id, entry);
  }

  add(placed: Placed): void {
    if (this.serverClose !== null && (placed.at === null || placed.at >= this.serverClose.at)) this.closeByServer();
    const { command } = placed.row;
    if (placed.row.state === "attention" && studentOf(command) === null) return;
    switch (command.type) {
      case "MarkAttendance":
      case "ClearMark":
        return this.mark(placed, command);
      case "CorrectAttendance":
        return this.correct(placed, command);
      case "RecordArrival":
        return this.arrive(placed, command);
      case "CloseSession":
        this.close ??= { at: placed.at ?? happenedAt(placed.row), by: this.reader.id, seq: placed.row.seq };
        return;
      case "ReopenSession":
        if (this.mayReopen(placed.row)) this.close = null;
        return;
      case "VoidSession":
      case "RestoreSession":
        this.void = command.type === "VoidSession";
        return;
      case "ContestMark":
      case "AcceptConflict":
        // Says who was right, and changes no entry.
    }
  }

  result(touched: boolean): ShownRegister {
    if (this.serverClose !== null) this.closeByServer();
    const taken = this.snapshot !== null || touched;
    return {
      status: this.close !== null ? "closed" : taken ? "open" : "not_taken",
      void: this.void,
      closed_at: this.close?.at ?? null,
      closed_by: this.close?.by ?? null,
      close_seq: this.close?.seq ?? null,
      entries: this.entries,
      own: this.own,
    };
  }

  private closeByServer(): void {
    this.close ??= this.serverClose;
    this.serverClose = null;
  }

  /** The office's word counts in a closed register too, and gives way to a later word of the office alone. */
  private correct(placed: Placed, command: CorrectAttendance): void {
    const entry = this.server.get(command.student_id);
    if (entry?.corrected === true && !isLater(placed, entry)) return;
    if (placed.row.state === "attention") return;
    this.own.set(command.student_id, placed.row);
    this.put(placed, command, true);
  }

  /** While the register is open the teacher is still marking. */
  private arrive(placed: Placed, { session, student_id, minutes_late, reason }: RecordArrival): void {
    if (this.close === null) return;
    this.correct(placed, { type: "CorrectAttendance", session, student_id, status: "late", minutes_late, remarks: null, reason });
  }

  private mark(placed: Placed, command: MarkAttendance | ClearMark): void {
    const beats_server = this.beatsServer(placed, command.student_id);
    // What was refused and has been overtaken by something that counts is told in the sync centre, not here.
    if (placed.row.state === "attention" && !beats_server) return;
    this.own.set(command.student_id, placed.row);
    if (this.close !== null || !beats_server) return;
    if (this.entries.get(command.student_id)?.corrected !== true) this.put(placed, command, false);
  }

  private put(placed: Placed, command: MarkAttendance | ClearMark | CorrectAttendance, corrected: boolean): void {
    const marked = command.type === "ClearMark" ? null : command;
    this.entries.set(command.student_id, {
      status: marked?.status ?? "unmarked",
      minutes_late: marked?.minutes_late ?? null,
      remarks: marked?.remarks ?? null,
      command_id: placed.row.command_id,
      marked_by: { id: this.reader.id, name: this.reader.name },
      corrected,
    });
  }

  /** A correction stays whatever is marked after it; else the later of the two counts. */
  private beatsServer(placed: Placed, student_id: string): boolean {
    const entry = this.server.get(student_id);
    if (entry === undefined) return true;
    return !entry.corrected && isLater(placed, entry);
  }

  private mayReopen(row: OutboxRow): boolean {
    if (this.close === null || this.reader.is_office) return true;
    const since_ms = Date.parse(happenedAt(row)) - Date.parse(this.close.at);
    return this.close.by === this.reader.id && since_ms <= this.reader.reopen_minutes * 60_000;
  }
}

/** Whether a row of this device stands after the server's entry. */
function isLater(placed: Placed, entry: Entry): boolean {
  if (placed.at === null || placed.at !== entry.occurred_at) return placed.at === null || placed.at > entry.occurred_at;
  return placed.row.command_id >= entry.command_id;
}

/** The server's order: by time, then by id. A reopen stands where it takes effect. */
function inOrder(rows: readonly OutboxRow[]): readonly Placed[] {
  const by_seq = new Map(rows.map((row) => [row.seq, row]));
  const placed = rows.map((row) => placeOf(row, by_seq));
  return placed.sort((a, b) => compare(a.at ?? "~", b.at ?? "~") || compare(a.tie, b.tie));
}

function placeOf(row: OutboxRow, by_seq: ReadonlyMap<number, OutboxRow>): Placed {
  if (row.command.type === "ReopenSession") {
    const start = startOf(row);
    if (start !== null) return { row, at: start, tie: row.command_id };
    const close = row.since_seq === null ? undefined : by_seq.get(row.since_seq);
    // Right after its close, before whatever was marked since.
    if (close !== undefined) return { row, at: close.occurred_at, tie: `${close.command_id}+` };
  }
  return { row, at: row.occurred_at, tie: row.command_id };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
