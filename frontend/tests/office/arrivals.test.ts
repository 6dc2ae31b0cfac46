import assert from "node:assert/strict";
import { test } from "node:test";
import { arrivalRegister, scanned, shownArrivals } from "../../src/office/arrivals.ts";
import type { Order } from "../../src/office/model.ts";
import type { OfficeRegister } from "../../src/office/register.ts";
import { schoolOf } from "../../src/office/school.ts";
import type { Roster } from "../../src/core/roster.ts";

const DATE = "2026-11-24";
/** In Nairobi the day is three hours ahead: 08:00 is 05:00. */
const ROSTER: Roster = {
  school: { id: "s", code: "S", name: "School", time_zone: "Africa/Nairobi" }, terms: [], subjects: [], closed_days: [], staff: [],
  slots: [{ id: "am", title: "Morning", start: "08:00", end: "12:30" }, { id: "late", title: "Noon", start: "13:00", end: null }, { id: "pm", title: "Afternoon", start: "14:00", end: null }],
  policy: { version: 1, edit_days: 14, reopen_minutes: 30 },
  classes: [{ id: "c", sourced_id: "c", title: "Form 1", subject_id: null, term_ids: [], students: [
    { id: "a", sourced_id: "a", name: "Achieng", admission_number: "A-014", from: DATE, until: null, covers: [] },
    { id: "b", sourced_id: "b", name: "Barasa", admission_number: "A-0140", from: DATE, until: null, covers: [] },
  ] }],
};

function register(slot: string | null, status: "open" | "closed", entry_status: "absent" | "unmarked" | "present" | "late" | "excused"): OfficeRegister {
  const entry = { student_id: "a", name: "Achieng", admission_number: null, on_roster: true, status: entry_status, counts_as: entry_status, minutes_late: null, remarks: null, marked_by: null, marked_at: null, record: null, saved: null } as const;
  return { key: { class_id: "c", date: DATE, subject_id: null, slot }, status, void: false, closed_at: null, closed_by: null, entries: [entry], saved: null };
}

const at = (slot: string | null, now: string, entry: "absent" | "present" = "absent"): readonly [number | null, boolean] => {
  const found = arrivalRegister(ROSTER, "r", register(slot, "closed", entry), "a", `${DATE}T${now}:00.000Z`);
  return [found?.minutes ?? null, found?.falls_in ?? false];
};

test("minutes are reckoned from the beginning of the part of the day, in the school's time, up to what can be said", () => {
  assert.deepEqual(at("am", "05:07"), [7, true]);
  assert.deepEqual(at("am", "04:50"), [0, false], "before it begins nobody is late");
  assert.deepEqual(at("am", "09:20"), [240, true]);
  assert.deepEqual(at(null, "05:31"), [31, true], "the whole day begins with its first part");
  assert.deepEqual(at("unknown", "05:31"), [null, true]);
});

test("an arrival falls in the part of the day that goes on, if nobody has seen the child in it", () => {
  assert.deepEqual(at("am", "09:30"), [240, false], "over at half past twelve");
  assert.deepEqual(at("late", "10:59"), [59, true]);
  assert.deepEqual(at("late", "11:00"), [60, false], "over when the next one begins");
  assert.deepEqual(at("pm", "18:00"), [240, true]);
  assert.deepEqual(at("am", "05:07", "present"), [7, false]);
});

test("a register that is void or has not the child is none to come late to", () => {
  const now = `${DATE}T05:07:00.000Z`;
  assert.equal(arrivalRegister(ROSTER, "r", { ...register("am", "closed", "absent"), void: true }, "a", now), null);
  assert.equal(arrivalRegister(ROSTER, "r", register("am", "closed", "absent"), "b", now), null);
  assert.equal(arrivalRegister(ROSTER, "r", register("am", "open", "absent"), "a", now)?.is_closed, false);
});

test("a scan is a whole admission number, in whatever case", () => {
  const school = schoolOf(ROSTER);
  assert.equal(scanned(school, " a-014 ")?.id, "a");
  assert.equal(scanned(school, "A-0140")?.id, "b");
  assert.equal(scanned(school, "A-01"), null);
  assert.equal(scanned(school, " "), null);
});

test("an arrival can be taken back until something else was said, unless it changed nothing or was refused", () => {
  const key = register("am", "closed", "absent").key;
  const arrival = (seq: number, student_id: string, more: Partial<Order> = {}): Order => ({
    seq, about_id: "r", saved: "received", problem: null, occurred_at: "", effect: "corrected", answer: 1,
    command: { type: "RecordArrival", session: key, student_id, minutes_late: 7, reason: "gate", before: { status: "absent", minutes_late: null, remarks: null } }, ...more,
  });
  const back: Order = { ...arrival(9, "a"), command: { type: "CorrectAttendance", session: key, student_id: "a", status: "absent", minutes_late: null, remarks: null, reason: "back" } };
  const states = (orders: readonly Order[]): unknown[] => shownArrivals(orders, DATE, 10).map(({ order, state }) => [order.seq, state]);
  assert.deepEqual(states([arrival(1, "a"), arrival(2, "b", { effect: "superseded" }), arrival(3, "b", { saved: "attention" })]), [[3, "refused"], [2, "superseded"], [1, "recorded"]]);
  assert.deepEqual(states([arrival(1, "a"), arrival(2, "b"), back]), [[2, "recorded"], [1, "corrected"]]);
  assert.deepEqual(shownArrivals([arrival(1, "a")], "2026-11-25", 10), []);
});
