/** Conflicts as the office sees them: the server's list with this device's own words on them laid over it. Pure. */

import type { components } from "../api/query-api.d.ts";
import type { InstantText, Person, Saved } from "../model.ts";
import type { Order } from "./model.ts";

type ConflictItem = components["schemas"]["ConflictItem"];

/** Who insisted on the mark that lost, or let it go. */
export interface Statement {
  readonly by: string;
  readonly at: InstantText;
  /** Null: it was let go. */
  readonly reason: string | null;
}

export interface ShownConflict {
  readonly item: ConflictItem;
  /** The contract's word, as it is with this device's own. */
  readonly state: string;
  readonly statement: Statement | null;
  /** How far this device's own word has come; null: it said none that the list has not. */
  readonly saved: Saved | null;
  /** The mark that lost can be let go. */
  readonly can_accept: boolean;
  /** It can be insisted on. What a correction settled is ended by another correction alone. */
  readonly can_contest: boolean;
}

/** The list with the orders that it does not contain: those after the answer of number `answers`. */
export function shownConflicts(items: readonly ConflictItem[], orders: readonly Order[], answers: number, me: Person): readonly ShownConflict[] {
  return items.map((item) => shown(item, item.lost == null ? undefined : lastWord(item, orders, answers), me));
}

function shown(item: ConflictItem, word: Order | undefined, me: Person): ShownConflict {
  const known = item.statement == null ? null : { by: item.statement.by.name ?? "", at: item.statement.occurred_at, reason: item.statement.reason ?? null };
  const statement = word === undefined ? known : { by: me.name, at: word.occurred_at, reason: "reason" in word.command ? word.command.reason : null };
  const state = word === undefined ? item.state : word.command.type === "ContestMark" ? "contested" : "settled";
  const is_said = item.lost != null;
  return {
    item, state, statement,
    saved: word?.saved ?? null,
    can_accept: is_said && state !== "settled",
    can_contest: is_said && (state === "open" || (state === "settled" && statement !== null)),
  };
}

/** This device's last word on the mark that lost. */
function lastWord({ session_id, student_id, lost }: ConflictItem, orders: readonly Order[], answers: number): Order | undefined {
  return orders.findLast(({ command, about_id, saved, answer }) =>
    (command.type === "ContestMark" || command.type === "AcceptConflict")
      && about_id === session_id && command.student_id === student_id && command.mark_id === lost?.command_id
      && saved !== "attention" && (answer === 0 || answer > answers));
}
