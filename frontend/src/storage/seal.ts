/**
 * Sealing what is kept on a device that several people use. Ids, numbers, states and days stay readable, because the
 * database is searched by them; what says anything about a child does not.
 */

import type { Command, OutboxRow, RowHead } from "../core/command.ts";
import type { Snapshot } from "../core/snapshot.ts";

/** What only the key with this id opens. */
export interface Sealed {
  readonly key_id: string;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: ArrayBuffer;
}

/** A row of the outbox as it is kept. */
export type StoredRow = OutboxRow | (RowHead & { readonly sealed: Sealed });
/** A register as it is kept. */
export type StoredSnapshot = Snapshot | (Pick<Snapshot, "session_id" | "date"> & { readonly sealed: Sealed });
/** What is kept once, as it is kept. */
export type Stored<T> = T | { readonly sealed: Sealed };

const IV_BYTES = 12;

/** The keys that are at hand, of which one seals. They are in memory only, and cannot be read out of it. */
export class Seal {
  /** A command never changes: what was opened once is not opened again. */
  private readonly commands = new Map<string, Command>();

  constructor(private readonly key_id: string, private readonly keys: ReadonlyMap<string, CryptoKey>) {}

  /** Which key seals, and that key. */
  get current(): { readonly id: string; readonly key: CryptoKey } {
    const key = this.keys.get(this.key_id);
    if (key === undefined) throw new Error("the key that seals is not at hand");
    return { id: this.key_id, key };
  }

  async seal(value: unknown): Promise<Sealed> {
    const { id: key_id, key } = this.current;
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const text = new TextEncoder().encode(JSON.stringify(value));
    return { key_id, iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text) };
  }

  /** What was sealed; null if its key is not at hand. */
  async open(sealed: Sealed): Promise<unknown> {
    const key = this.keys.get(sealed.key_id);
    if (key === undefined) return null;
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, key, sealed.data);
    return JSON.parse(new TextDecoder().decode(text));
  }

  /** The same with one more key at hand. */
  with(key_id: string, key: CryptoKey): Seal {
    return new Seal(this.key_id, new Map([...this.keys, [key_id, key]]));
  }

  /** A row's command; null if its key is not at hand. */
  async command(row: RowHead & { readonly sealed: Sealed }): Promise<Command | null> {
    const known = this.commands.get(row.command_id);
    if (known !== undefined) return known;
    const command = (await this.open(row.sealed)) as Command | null;
    if (command !== null) this.commands.set(row.command_id, command);
    return command;
  }
}

/** The rows that can be opened, and how many cannot. */
export async function openedRows(seal: Seal | null, stored: readonly StoredRow[]): Promise<{ rows: readonly OutboxRow[]; closed: readonly RowHead[] }> {
  const closed: RowHead[] = [];
  const rows: OutboxRow[] = [];
  const commands = await Promise.all(stored.map((row) => ("sealed" in row ? seal?.command(row) ?? null : row.command)));
  for (const [index, row] of stored.entries()) {
    const command = commands[index] ?? null;
    if (command === null) closed.push(row);
    else if ("sealed" in row) {
      const { sealed: _sealed, ...head } = row;
      rows.push({ ...head, command });
    } else rows.push(row);
  }
  return { rows, closed };
}

/** The registers that can be opened; the others are read from the server anew. */
export async function openedSnapshots(seal: Seal | null, stored: readonly StoredSnapshot[]): Promise<readonly Snapshot[]> {
  const opened = await Promise.all(stored.map((one) => openedOne<Snapshot>(seal, one)));
  return opened.filter((one) => one !== null);
}

/** What is kept openly or under a seal; null if it cannot be opened. */
export async function openedOne<T extends object>(seal: Seal | null, stored: T | { readonly sealed: Sealed }): Promise<T | null> {
  if (!("sealed" in stored)) return stored;
  return seal === null ? null : ((await seal.open(stored.sealed)) as T | null);
}
