/**
 * What a tab has read of the outbox. It is read whole once; after that only what has changed, so that a run of the
 * synchronisation does not cost more the more there is to be sent.
 */

import type { IDBPTransaction } from "idb";
import type { OutboxRow, RowHead } from "../core/command.ts";
import type { Ledger } from "../core/desk.ts";
import { HISTORY_LENGTH } from "../core/sync_view.ts";
import type { PersonSchema } from "./schema.ts";
import { openedRows, type Seal, type StoredRow } from "./seal.ts";

/** The rows as of a moment, and the ledger of that moment. */
export interface KnownRows {
  readonly rows: ReadonlyMap<number, OutboxRow>;
  /** Those that the server does not have and that could not be opened. */
  readonly closed: readonly RowHead[];
  readonly ledger: Ledger;
  readonly seal: Seal | null;
}

/** What was found in a transaction, to be opened after it: nothing else may be waited for within. */
export interface FoundRows {
  readonly stored: readonly StoredRow[];
  /** What it is a change to; null: it is all. */
  readonly since: KnownRows | null;
}

type Reading = IDBPTransaction<PersonSchema, ("outbox" | "registers" | "reference" | "ledger")[], "readonly">;

/** All that is unsent, refused or not in the snapshots yet, and the most recent of the others; or what has changed of that. */
export async function findRows(transaction: Reading, ledger: Ledger, known: KnownRows | null): Promise<FoundRows> {
  const outbox = transaction.objectStore("outbox");
  const asked = outbox.index("state").getAll("attention");
  if (known !== null && isContinued(known, ledger, await asked)) {
    return { stored: await changesSince(transaction, ledger, known, await asked), since: known };
  }
  const found = await Promise.all([
    asked,
    outbox.index("state").getAll("queued"),
    outbox.index("answer").getAll(IDBKeyRange.lowerBound(ledger.reflected, true)),
    outbox.getAll(IDBKeyRange.lowerBound(ledger.last_seq - HISTORY_LENGTH, true)),
  ]);
  return { stored: found.flat(), since: null };
}

/** Of another database, of another store or after a decision about a refused command everything may be otherwise. */
function isContinued({ rows, ledger: before }: KnownRows, ledger: Ledger, refused: readonly StoredRow[]): boolean {
  if (before.device_id !== ledger.device_id || before.store !== ledger.store) return false;
  const still = new Set(refused.map((row) => row.seq));
  for (const row of rows.values()) if (row.state === "attention" && !still.has(row.seq)) return false;
  return true;
}

/** What was made, stamped, acknowledged and refused. */
async function changesSince(
  transaction: Reading,
  ledger: Ledger,
  { rows, ledger: before }: KnownRows,
  refused: readonly StoredRow[],
): Promise<readonly StoredRow[]> {
  const outbox = transaction.objectStore("outbox");
  const was_stamped = before.last_stamp !== ledger.last_stamp;
  const from = was_stamped ? Math.min(before.last_seq, before.stamped_to ?? 0) : before.last_seq;
  const found = await Promise.all([
    from < ledger.last_seq ? outbox.getAll(IDBKeyRange.lowerBound(from, true)) : [],
    before.answers < ledger.answers ? outbox.index("answer").getAll(IDBKeyRange.lowerBound(before.answers, true)) : [],
  ]);
  return [...refused.filter((row) => rows.get(row.seq)?.state !== "attention"), ...found.flat()];
}

/** The rows with what was found. */
export async function withFound({ stored, since }: FoundRows, ledger: Ledger, seal: Seal | null): Promise<KnownRows> {
  if (since !== null && stored.length === 0) return { ...since, ledger };
  const by_seq = new Map(stored.map((row) => [row.seq, row]));
  const opened = await openedRows(seal, [...by_seq.values()]);
  const rows = new Map(since?.rows ?? []);
  for (const row of opened.rows) rows.set(row.seq, row);
  const closed = since?.closed ?? opened.closed.filter((row) => row.state !== "acknowledged");
  return { rows, closed, ledger, seal };
}
