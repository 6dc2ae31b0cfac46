import assert from "node:assert/strict";
import { test } from "node:test";
import type { Order } from "../../src/office/model.ts";
import { daysOf, overlapping, shownExceptions } from "../../src/office/exceptions.ts";
import type { Person } from "../../src/model.ts";

type Item = Parameters<typeof shownExceptions>[0][number];

const ME: Person = { id: "me", name: "Wanjiku", role: "admin", school_id: "s" };
const KELVIN = { id: "k", name: "Kelvin" };
const AT = "2026-11-24T08:00:00.000Z";

function item(change: Partial<Item> = {}): Item {
  return {
    id: "x", student_id: "a", category: "medical", start_date: "2026-11-24", end_date: "2026-11-26", slots: null, reason: "fever",
    status: "pending", recorded_by: KELVIN, recorded_at: AT, decided_by: null, decided_at: null, decision_reason: null, ...change,
  };
}

function order(command: Order["command"], change: Partial<Order> = {}): Order {
  return { seq: 1, command, about_id: "x", saved: "here", problem: null, occurred_at: AT, effect: null, answer: 0, ...change };
}

const APPROVE = order({ type: "ApproveException", exception_id: "x", student_id: "a" });

test("what this device has said is shown at once, with how far it has come", () => {
  const [shown] = shownExceptions([item()], [APPROVE], 3, ME);
  assert.equal(shown?.item.status, "approved");
  assert.equal(shown?.item.decided_by?.name, "Wanjiku");
  assert.equal(shown?.saved, "here");
});

test("what the answer contains already is the server's to say", () => {
  const known = { ...APPROVE, saved: "received" as const, answer: 3 };
  const [shown] = shownExceptions([item({ status: "revoked" })], [known], 3, ME);
  assert.equal(shown?.item.status, "revoked");
  assert.equal(shown?.saved, null);
  assert.equal(shownExceptions([item()], [known], 2, ME)[0]?.item.status, "approved", "an older answer does not contain it");
});

test("what the server refused changes nothing that is shown", () => {
  assert.equal(shownExceptions([item()], [{ ...APPROVE, saved: "attention" }], 3, ME)[0]?.item.status, "pending");
});

test("the last word counts, and a word on an excuse that is not in the list adds none", () => {
  const revoke = order({ type: "RevokeException", exception_id: "x", student_id: "a", reason: "no note" }, { seq: 2 });
  const elsewhere = order({ type: "ApproveException", exception_id: "y", student_id: "b" });
  const shown = shownExceptions([item()], [APPROVE, revoke, elsewhere], 0, ME);
  assert.deepEqual(shown.map(({ item }) => [item.id, item.status, item.decision_reason]), [["x", "revoked", "no note"]]);
});

test("a new excuse of the office is there, approved, in the order of days, and an amended one says the new", () => {
  const text = { category: "family", start_date: "2026-11-20", end_date: "2026-11-20", slots: ["am"], reason: "wedding" };
  const record = order({ type: "RecordException", exception_id: "new", student_id: "b", ...text });
  const amend = order({ type: "AmendException", exception_id: "x", student_id: "a", ...text, slots: null });
  const shown = shownExceptions([item({ status: "approved" })], [record, amend], 0, ME);
  assert.deepEqual(shown.map(({ item: { id, status, start_date, slots } }) => [id, status, start_date, slots]), [
    ["new", "approved", "2026-11-20", ["am"]],
    ["x", "approved", "2026-11-20", null],
  ]);
});

test("excuses overlap in days and in parts of the day, and only those that hold or may come to hold", () => {
  const one = { id: "x", student_id: "a", start_date: "2026-11-24", end_date: "2026-11-26", slots: ["am"] };
  const others = [
    item(),
    item({ id: "touching", start_date: "2026-11-26", end_date: "2026-11-30", status: "approved" }),
    item({ id: "after", start_date: "2026-11-27" }),
    item({ id: "afternoon", slots: ["pm"] }),
    item({ id: "morning", slots: ["am", "pm"] }),
    item({ id: "rejected", status: "rejected" }),
    item({ id: "sister", student_id: "b" }),
  ];
  assert.deepEqual(overlapping(one, others).map(({ id }) => id), ["touching", "morning"]);
});

test("both days count", () => {
  assert.equal(daysOf("2026-11-24", "2026-11-24"), 1);
  assert.equal(daysOf("2026-10-24", "2026-10-26"), 3, "over the end of summer time too");
});
