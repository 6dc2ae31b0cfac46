/** What happens to the rows of the outbox, as pure functions. Nothing here ever removes a row that is not acknowledged. */

import type { components } from "../api/command-api.d.ts";
import type { InstantText, Problem } from "../model.ts";
import type { OutboxRow, RowHead } from "./command.ts";
import { instant, serverTimeOf, stampAfter, type Moment } from "./clock.ts";
import { problemOf } from "./problem.ts";

type CommandResult = components["schemas"]["CommandResult"];

/** The most commands of one request. */
export const BATCH_LIMIT = 200;
/** For how long an acknowledged command is kept, in case the server is restored from an older backup. */
const KEEP_ACKNOWLEDGED_MS = 30 * 86_400_000;

/** Rows with their stamps, and the last stamp given. */
export interface Stamped<Row extends RowHead> {
  readonly rows: readonly Row[];
  readonly last_stamp: InstantText | null;
}

/**
 * Gives their one stamp to rows that have none, in the order of their numbers. `stamp_of` knows the stamps of rows
 * outside `rows`.
 */
export function stamped<Row extends RowHead>(
  rows: readonly Row[],
  now: Moment,
  offset_ms: number,
  last: InstantText | null,
  stamp_of: (seq: number) => InstantText | null,
): Stamped<Row> {
  let last_stamp = last;
  const given = new Map<number, InstantText>();
  const done = bySeq(rows).map((row) => {
    last_stamp = stampAfter(last_stamp, serverTimeOf(row.tapped, now, offset_ms));
    given.set(row.seq, last_stamp);
    const since = row.since_seq === null ? null : given.get(row.since_seq) ?? stamp_of(row.since_seq);
    return { ...row, ...(since === null ? {} : { since_at: since }), occurred_at: last_stamp };
  });
  return { rows: done, last_stamp };
}

/** The next rows to send after `after_seq`: queued and stamped, oldest first. */
export function nextBatch(rows: readonly OutboxRow[], after_seq: number, limit: number): readonly OutboxRow[] {
  return bySeq(rows.filter((row) => row.state === "queued" && row.occurred_at !== null && row.seq > after_seq)).slice(0, limit);
}

/** From which answer the results come. */
export interface Answer {
  readonly results: readonly CommandResult[];
  readonly answered_at: InstantText;
  /** This device's count of answers, this one included. */
  readonly number: number;
  readonly store: string;
}

/**
 * The rows of a batch after its answer; only those that change. `sent` are the batch's command ids in order, `rows` the
 * rows as they are now. A row that was discarded or answered meanwhile stays as it is, and so does one whose result is
 * missing, says `retry`, or is of another command.
 */
export function answered<Row extends RowHead>(sent: readonly string[], rows: readonly Row[], answer: Answer): readonly Row[] {
  const by_id = new Map(rows.map((row) => [row.command_id, row]));
  return answer.results.flatMap((result) => {
    const id = sent[result.index];
    const row = id === undefined ? undefined : by_id.get(id);
    if (row === undefined || row.state !== "queued") return [];
    if (result.command_id != null && result.command_id !== row.command_id) return [];
    return after(row, result, answer);
  });
}

function after<Row extends RowHead>(row: Row, result: CommandResult, answer: Answer): Row[] {
  if (result.outcome === "accepted" || result.outcome === "duplicate") {
    return [{
      ...row,
      state: "acknowledged",
      problem: null,
      effect: result.effect ?? null,
      occurred_at: result.occurred_at ?? row.occurred_at,
      acknowledged_at: answer.answered_at,
      answer: answer.number,
      store: answer.store,
    }];
  }
  if (result.outcome === "rejected") return [{ ...row, state: "attention", problem: problemOf(result.problem ?? null) }];
  return [];
}

/** The row, to be judged afresh by the server: same command, same stamp. */
export function queuedAgain<Row extends RowHead>(row: Row): Row {
  return { ...row, state: "queued", problem: null, effect: null, acknowledged_at: null, answer: 0, store: null };
}

/** The acknowledged rows that another store than `store` has, queued again. */
export function lostWithStore<Row extends RowHead>(rows: readonly Row[], store: string): readonly Row[] {
  return rows.filter((row) => row.state === "acknowledged" && row.store !== store).map((row) => queuedAgain(row));
}

/** Whether a row has been kept long enough. */
export function isExpired(row: RowHead, now_ms: number): boolean {
  return row.state === "acknowledged" && row.acknowledged_at !== null
    && now_ms - Date.parse(row.acknowledged_at) > KEEP_ACKNOWLEDGED_MS;
}

/** Rows in the order of their numbers. */
function bySeq<Row extends RowHead>(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => a.seq - b.seq);
}

/** When a row happened, as well as this device knows now. */
export function happenedAt(row: RowHead): InstantText {
  return row.occurred_at ?? instant(row.tapped.wall_ms + (row.tapped.offset_ms ?? 0));
}

/** The problem of a row that needs attention. */
export function problemOfRow(row: OutboxRow): Problem {
  return row.problem ?? problemOf(null);
}
