/** This device's commands that the office's screens lay over what they read. Pure. */

import { happenedAt } from "../core/outbox.ts";
import type { OutboxRow } from "../core/command.ts";
import { savedOfRow } from "../core/register_rows.ts";
import type { OfficeState, Order } from "./model.ts";

const made = new WeakMap<OfficeState, readonly Order[]>();

/** The commands that are no marks, in the order in which they were made; the same list for the same state. */
export function ordersOf(state: OfficeState): readonly Order[] {
  const known = made.get(state);
  if (known !== undefined) return known;
  const sending = new Set(state.sending);
  const orders = [...state.rows].sort((a, b) => a.seq - b.seq).flatMap((row) => orderOf(row, sending));
  made.set(state, orders);
  return orders;
}

function orderOf(row: OutboxRow, sending: ReadonlySet<number>): Order[] {
  const { seq, command, session_id, problem, effect, answer } = row;
  if (command.type === "MarkAttendance" || command.type === "ClearMark") return [];
  return [{ seq, command, about_id: session_id, saved: savedOfRow(row, sending), problem, occurred_at: happenedAt(row), effect, answer }];
}
