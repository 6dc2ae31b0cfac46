import assert from "node:assert/strict";
import { test } from "node:test";
import type { Order } from "../../src/office/model.ts";
import { officeRegister } from "../../src/office/register.ts";
import type { Person } from "../../src/model.ts";

const ME: Person = { id: "me", name: "Wanjiku", role: "admin", school_id: "s" };
const KELVIN = { id: "k", name: "Kelvin" };
const AT = "2026-11-24T05:05:00.000Z";
const LATER = "2026-11-24T06:40:00.000Z";
const KEY = { class_id: "c", date: "2026-11-24", subject_id: null, slot: "am" };
const COUNTS = { roster: 2, marked: 2, unmarked: 0, present: 0, absent: 2, late: 0, excused: 0 };
const MARK = { command_id: "m", status: "absent", minutes_late: null, remarks: null, occurred_at: AT, recorded_at: AT, marked_by: KELVIN, correction: null };

const ANSWER = {
  id: "session", ...KEY, status: "closed", void: false, changed_position: "1-1-1", counts: COUNTS, opened_at: AT, closed_at: AT, closed_by: "k",
  students: [
    { student_id: "a", name: "Achieng", admission_number: "1", on_roster: true, mark: MARK, effective_status: "excused", exception_id: "x", conflict: null },
    { student_id: "b", name: "Barasa", admission_number: null, on_roster: true, mark: null, effective_status: "unmarked", exception_id: null, conflict: null },
  ],
} as Parameters<typeof officeRegister>[0];

function order(command: Order["command"], change: Partial<Order> = {}): Order {
  return { seq: 1, command, about_id: "session", saved: "sending", problem: null, occurred_at: LATER, effect: null, answer: 0, ...change };
}

const CORRECT = order({ type: "CorrectAttendance", session: KEY, student_id: "a", status: "late", minutes_late: 9, remarks: null, reason: "the gate's book" });

test("an entry shows what was seen and what it counts as", () => {
  const { entries: [a, b], status } = officeRegister(ANSWER, [], 0, ME);
  assert.deepEqual([a?.status, a?.counts_as, a?.marked_by, a?.record, b?.status], ["absent", "excused", "Kelvin", null, "unmarked"]);
  assert.equal(status, "closed");
});

test("a correction of this device is on record at once: what it was, what it is, why, when and by whom", () => {
  const { entries: [a] } = officeRegister(ANSWER, [CORRECT], 0, ME);
  assert.deepEqual(a?.record, { original: "absent", amended: "late", reason: "the gate's book", at: LATER, by: "Wanjiku", role: "admin" });
  assert.deepEqual([a?.status, a?.counts_as, a?.minutes_late, a?.saved], ["late", "late", 9, "sending"]);
});

test("one that the answer contains, was refused, or is of another register changes nothing", () => {
  for (const change of [{ answer: 4 }, { saved: "attention" as const }, { about_id: "other" }]) {
    assert.deepEqual(officeRegister(ANSWER, [{ ...CORRECT, ...change }], 4, ME), officeRegister(ANSWER, [], 4, ME));
  }
});

test("the server's record is told with who amended and when", () => {
  const [first, ...rest] = ANSWER.students;
  const correction = { original_status: "present", reason: "seen at the gate", at: LATER, by: { id: "me", name: "Wanjiku", role: "admin" } };
  const students = first === undefined ? rest : [{ ...first, mark: { ...MARK, correction } }, ...rest];
  const { entries: [a] } = officeRegister({ ...ANSWER, students } as typeof ANSWER, [], 0, ME);
  assert.deepEqual(a?.record, { original: "present", amended: "absent", reason: "seen at the gate", at: LATER, by: "Wanjiku", role: "admin" });
});

test("words on the whole register are laid over it in their order", () => {
  const reason = "the fire drill";
  const reopened = officeRegister(ANSWER, [order({ type: "ReopenSession", session: KEY, reason, effective_at: null })], 0, ME);
  assert.deepEqual([reopened.status, reopened.closed_at, reopened.saved], ["open", null, "sending"]);
  const voided = order({ type: "VoidSession", session: KEY, reason });
  const restored = order({ type: "RestoreSession", session: KEY, reason }, { seq: 2 });
  assert.equal(officeRegister(ANSWER, [voided], 0, ME).void, true);
  assert.equal(officeRegister(ANSWER, [voided, restored], 0, ME).void, false);
});
