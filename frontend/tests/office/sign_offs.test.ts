import assert from "node:assert/strict";
import { test } from "node:test";
import type { Order } from "../../src/office/model.ts";
import { changesSince, shownSignOffs, type SignOff } from "../../src/office/sign_offs.ts";
import type { Person } from "../../src/model.ts";

const ME: Person = { id: "me", name: "Wanjiku", role: "admin", school_id: "s" };
const AT = "2026-11-24T08:00:00.000Z";

function item(change: Partial<SignOff> = {}): SignOff {
  return {
    sign_off_id: "old", from: "2026-10-01", to: "2026-10-31", class_id: null, class_title: null, note: null, signed_by: { id: "k", name: "Kelvin" },
    signed_at: AT, recorded_at: AT, amendments: { entries: 0, registers: 0, exceptions: 0, roster: 0 }, ...change,
  };
}

function order(sign_off_id: string, change: Partial<Order> = {}): Order {
  const command = { type: "SignOffPeriod", sign_off_id, from: "2026-11-01", to: "2026-11-24", class_id: "c1", note: "sent" } as const;
  return { seq: 1, command, about_id: sign_off_id, saved: "here", problem: null, occurred_at: AT, effect: null, answer: 0, ...change };
}

const shown = (orders: readonly Order[]): ReturnType<typeof shownSignOffs> => shownSignOffs([item()], orders, ME, (id) => `class ${id}`);

test("what this device has signed off stands above the list until the list has it", () => {
  const all = shown([order("a"), order("b")]);
  assert.deepEqual(all.map(({ item: { sign_off_id }, saved }) => [sign_off_id, saved]), [["b", "here"], ["a", "here"], ["old", null]]);
  assert.deepEqual([all[0]?.item.class_title, all[0]?.item.signed_by.name, all[0]?.item.note], ["class c1", "Wanjiku", "sent"]);
  assert.equal(shown([order("old")]).length, 1);
});

test("what was refused is not shown as signed off", () => {
  assert.equal(shown([order("a", { saved: "attention" })]).length, 1);
});

test("changes of every kind are added up", () => {
  assert.equal(changesSince(item({ amendments: { entries: 1, registers: 2, exceptions: 3, roster: 4 } })), 10);
});
