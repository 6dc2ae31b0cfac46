import assert from "node:assert/strict";
import { test } from "node:test";
import { shownConflicts } from "../../src/office/conflicts.ts";
import type { Order } from "../../src/office/model.ts";
import type { components } from "../../src/api/query-api.d.ts";

type ConflictItem = components["schemas"]["ConflictItem"];

const ME = { id: "me", name: "Wanjiku", role: "admin", school_id: "s" } as const;
const KEY = { class_id: "c", date: "2026-11-24", subject_id: null, slot: null };
const AT = "2026-11-24T05:00:00.000Z";

function item(state: string, more: Partial<ConflictItem> = {}): ConflictItem {
  const side = { by: { id: "k", name: "Kelvin" }, status: "present", command_id: "m1", device_id: null, occurred_at: AT, recorded_at: AT };
  return { session_id: "r", class_id: "c", date: KEY.date, student_id: "a", student_name: "Achieng", kind: "superseded", state, lost: side, won: { ...side, command_id: "m2" }, roster_change: null, statement: null, ...more };
}

function order(type: "ContestMark" | "AcceptConflict", answer: number, more: Partial<Order> = {}): Order {
  const about = { session: KEY, student_id: "a", mark_id: "m1" };
  const command: Order["command"] = type === "ContestMark" ? { type, ...about, reason: "she was there" } : { type, ...about };
  return { seq: 1, command, about_id: "r", saved: "here", problem: null, occurred_at: AT, effect: null, answer, ...more };
}

test("this device's last word on a mark decides, until the list knows it", () => {
  const said = (orders: readonly Order[], answers = 3): unknown[] => {
    const [one] = shownConflicts([item("open")], orders, answers, ME);
    return [one?.state, one?.saved, one?.statement?.reason ?? null, one?.can_accept, one?.can_contest];
  };
  assert.deepEqual(said([]), ["open", null, null, true, true]);
  assert.deepEqual(said([order("ContestMark", 0)]), ["contested", "here", "she was there", true, false]);
  assert.deepEqual(said([order("ContestMark", 0), order("AcceptConflict", 4)]), ["settled", "here", null, false, true]);
  assert.deepEqual(said([order("AcceptConflict", 3)]), ["open", null, null, true, true], "the list contains it");
  assert.deepEqual(said([order("AcceptConflict", 0, { saved: "attention" })]), ["open", null, null, true, true], "it was refused");
  assert.deepEqual(said([order("AcceptConflict", 0, { about_id: "another register" })]), ["open", null, null, true, true]);
});

test("what a correction settled stays settled, what somebody let go can be contested, and a roster has no mark to insist on", () => {
  const can = (one: ConflictItem): unknown => shownConflicts([one], [], 0, ME).map(({ can_accept, can_contest }) => [can_accept, can_contest])[0];
  assert.deepEqual(can(item("settled")), [false, false]);
  assert.deepEqual(can(item("settled", { statement: { by: { id: "k", name: "Kelvin" }, occurred_at: AT, reason: null } })), [false, true]);
  assert.deepEqual(can(item("contested", { statement: { by: { id: "k", name: "Kelvin" }, occurred_at: AT, reason: "no" } })), [true, false]);
  assert.deepEqual(can(item("open", { lost: null, won: null })), [false, false]);
});
