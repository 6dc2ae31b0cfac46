/** Excuses as the office sees them: the server's list with this device's own commands laid over it. Pure. */

import type { components } from "../api/query-api.d.ts";
import type { DateText, InstantText, Person, Saved } from "../model.ts";
import type { ExcuseText } from "../core/office_command.ts";
import type { Order } from "./model.ts";

type ExceptionItem = components["schemas"]["ExceptionItem"];

/** An excuse, and how far this device's last word on it has come; null: it said none that the list has not. */
export interface ShownException {
  readonly item: ExceptionItem;
  readonly saved: Saved | null;
}

/** The list with the orders that it does not contain: those after the answer of number `answers`, in the order of the first days. */
export function shownExceptions(items: readonly ExceptionItem[], orders: readonly Order[], answers: number, me: Person): readonly ShownException[] {
  const shown = new Map(items.map((item): [string, ShownException] => [item.id, { item, saved: null }]));
  for (const order of orders) {
    if (!("exception_id" in order.command) || order.saved === "attention") continue;
    if (order.answer > 0 && order.answer <= answers) continue;
    const { command, occurred_at, saved } = order;
    const before = shown.get(command.exception_id)?.item ?? null;
    const item = after(before, command, occurred_at, me);
    if (item !== null) shown.set(item.id, { item, saved });
  }
  return [...shown.values()].sort((a, b) => compare(a.item.start_date + a.item.id, b.item.start_date + b.item.id));
}

type ExceptionCommand = Extract<Order["command"], { readonly exception_id: string }>;

function after(before: ExceptionItem | null, command: ExceptionCommand, at: InstantText, me: Person): ExceptionItem | null {
  const by = { id: me.id, name: me.name };
  if (command.type === "RecordException") {
    const { exception_id: id, student_id } = command;
    return { id, student_id, ...written(command), status: "approved", recorded_by: by, recorded_at: at, decided_by: by, decided_at: at, decision_reason: null };
  }
  // A word on an excuse that is not in the list says nothing here.
  if (before === null) return null;
  if (command.type === "AmendException") return { ...before, ...written(command) };
  const status = STATUS_AFTER[command.type];
  return { ...before, status, decided_by: by, decided_at: at, decision_reason: "reason" in command ? command.reason : null };
}

const STATUS_AFTER = { ApproveException: "approved", RejectException: "rejected", RevokeException: "revoked" } as const;

function written(text: ExcuseText): Omit<ExcuseText, "slots"> & { slots: string[] | null } {
  const { slots, ...rest } = textOf(text);
  return { ...rest, slots: slots === null ? null : [...slots] };
}

/** What an excuse says, without who said it when. */
export function textOf({ category, start_date, end_date, slots, reason }: { [Part in keyof ExcuseText]?: ExcuseText[Part] | null | undefined }): ExcuseText {
  return { category: category ?? "", start_date: start_date ?? "", end_date: end_date ?? "", slots: slots ?? null, reason: reason ?? "" };
}

/** The other excuses of the same student that hold or may come to hold for a part of the same days. */
export function overlapping(
  one: { readonly id: string | null; readonly student_id: string } & Pick<ExcuseText, "start_date" | "end_date" | "slots">,
  others: readonly ExceptionItem[],
): readonly ExceptionItem[] {
  return others.filter((other) =>
    other.id !== one.id && other.student_id === one.student_id
      && (other.status === "approved" || other.status === "pending")
      && other.start_date <= one.end_date && one.start_date <= other.end_date
      && shareSlots(other.slots ?? null, one.slots));
}

function shareSlots(a: readonly string[] | null, b: readonly string[] | null): boolean {
  return a === null || b === null || a.some((slot) => b.includes(slot));
}

/** From the first to the last day, both counted. */
export function daysOf(start: DateText, end: DateText): number {
  return Math.round((Date.parse(end) - Date.parse(start)) / 86_400_000) + 1;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
