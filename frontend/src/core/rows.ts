/**
 * The commands in memory. A tap adds one to what may be thousands, so nothing here goes through all of them again: what
 * was found out about those that were read is kept with them, and what was made since is counted on top.
 */

import type { OutboxRow } from "./command.ts";

/** Commands by their numbers. Never changes. */
export interface Rows {
  get(seq: number): OutboxRow | undefined;
  values(): Iterable<OutboxRow>;
}

/** Commands by their registers, each register's in the order in which they were made or read. */
export type ByRegister = ReadonlyMap<string, readonly OutboxRow[]>;

/** What is asked at every tap. */
export interface RowsIndex {
  readonly by_register: ByRegister;
  /** How many are to be sent. */
  readonly queued: number;
  /** Those that the server refused. */
  readonly attention: readonly OutboxRow[];
}

/** What was read, and what was made since: that is all queued. */
class GrownRows implements Rows {
  constructor(readonly read: Rows, readonly made: ReadonlyMap<number, OutboxRow>) {}

  get(seq: number): OutboxRow | undefined {
    return this.made.get(seq) ?? this.read.get(seq);
  }

  *values(): Iterable<OutboxRow> {
    yield* this.read.values();
    yield* this.made.values();
  }
}

/** The same with those of `made` that are not among them. */
export function grown(rows: Rows, made: readonly OutboxRow[]): Rows {
  const fresh = made.filter((row) => rows.get(row.seq) === undefined).map((row) => [row.seq, row] as const);
  if (fresh.length === 0) return rows;
  return rows instanceof GrownRows ? new GrownRows(rows.read, new Map([...rows.made, ...fresh])) : new GrownRows(rows, new Map(fresh));
}

const indexes = new WeakMap<Rows, RowsIndex>();
const unreflected = new WeakMap<Rows, { readonly reflected: number; readonly found: ByRegister }>();

/** What is known of the rows. */
export function indexOf(rows: Rows): RowsIndex {
  const known = indexes.get(rows);
  if (known !== undefined) return known;
  const index = rows instanceof GrownRows ? withMade(indexOf(rows.read), rows.made) : indexOfAll([...rows.values()]);
  indexes.set(rows, index);
  return index;
}

function indexOfAll(rows: readonly OutboxRow[]): RowsIndex {
  return {
    by_register: withRows(new Map(), rows),
    queued: rows.filter((row) => row.state === "queued").length,
    attention: rows.filter((row) => row.state === "attention"),
  };
}

function withMade({ by_register, queued, attention }: RowsIndex, made: ReadonlyMap<number, OutboxRow>): RowsIndex {
  return { by_register: withRows(by_register, made.values()), queued: queued + made.size, attention };
}

/** The rows that snapshots with all up to the answer `reflected` do not contain. */
export function unreflectedBy(rows: Rows, reflected: number): ByRegister {
  const known = unreflected.get(rows);
  if (known?.reflected === reflected) return known.found;
  const found = rows instanceof GrownRows
    ? withRows(unreflectedBy(rows.read, reflected), rows.made.values())
    : withRows(new Map(), [...rows.values()].filter((row) => row.state !== "acknowledged" || row.answer > reflected));
  unreflected.set(rows, { reflected, found });
  return found;
}

function withRows(registers: ByRegister, more: Iterable<OutboxRow>): ByRegister {
  const all = new Map(registers);
  const touched = new Map<string, OutboxRow[]>();
  for (const row of more) {
    let rows = touched.get(row.session_id);
    if (rows === undefined) {
      rows = [...(registers.get(row.session_id) ?? [])];
      touched.set(row.session_id, rows);
      all.set(row.session_id, rows);
    }
    rows.push(row);
  }
  return all;
}
