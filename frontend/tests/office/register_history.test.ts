import assert from "node:assert/strict";
import { test } from "node:test";
import { differenceOf, isRegisterHistory, isSame, isStoodRegister, momentIndex, standingOf, statusOf, verdictOf, type HistoryEvent, type StoodRegister } from "../../src/office/register_history.ts";

const AT = "2026-11-24T05:00:00.000Z";
const MOMENTS = ["2026-11-24T05:00:01.000Z", "2026-11-24T05:00:02.000Z", "2026-11-24T05:00:03.000Z"];
const COUNTS = { roster: 2, marked: 2, unmarked: 0, present: 2, absent: 0, late: 0, excused: 0 };
type Student = StoodRegister["students"][number];

function event(command_id: string, change: Partial<HistoryEvent> = {}): HistoryEvent {
  return {
    position: "1-1-1", stream: { type: "attendance_session", id: "r" }, sequence: 1, type: "attendance_marked", version: "1", payload: {}, metadata: {}, command_id,
    actor: { id: "k", name: "Kelvin" }, occurred_at: AT, raw_occurred_at: AT, recorded_at: AT, recorded_at_micros: 1, flags: [], hash: "00",
    arrived_late: false, effect_on_arrival: "current", effect_now: "current", students: [], ...change,
  };
}

function student(student_id: string, name: string, status: string | null, change: Partial<NonNullable<Student["mark"]>> = {}, effective_status = status ?? "unmarked"): Student {
  return {
    student_id, name, on_roster: true, effective_status,
    mark: status === null ? null : { status, occurred_at: AT, recorded_at: AT, marked_by: { id: "k" }, command_id: "m", ...change },
  };
}

function register(students: readonly Student[], change: Partial<StoodRegister> = {}): StoodRegister {
  return { id: "r", class_id: "c", date: "2026-11-24", status: "closed", void: false, counts: COUNTS, changed_position: "1-1-1", recorded_at: AT, moments: [...MOMENTS], students: [...students], ...change };
}

test("an event counts unless something took its place or it came after the close", () => {
  assert.deepEqual(verdictOf(event("a"), []), { counts: true });
  assert.deepEqual(verdictOf(event("a", { effect_now: "closed" }), []), { counts: true });
  assert.deepEqual(verdictOf(event("a", { effect_now: "after_close" }), []), { counts: false, because: "after_close", by: null });
});

test("what took the place of an event is named, if it is in the history", () => {
  const correction = event("b", { type: "attendance_corrected" });
  const lost = event("a", { effect_now: "superseded", changed_by: "b" });
  assert.deepEqual(verdictOf(lost, [lost, correction]), { counts: false, because: "superseded", by: correction });
  assert.deepEqual(verdictOf(event("a", { effect_now: "superseded" }), [correction]), { counts: false, because: "superseded", by: null });
});

test("two moments of the same register differ in nothing", () => {
  const one = register([student("s1", "Achieng", "present"), student("s2", "Barasa", null)]);
  assert.ok(isSame(differenceOf(one, one)));
});

test("only the students that differ are listed, by name, with old and new", () => {
  const before = register([student("s1", "Chebet", "absent"), student("s2", "Barasa", "present"), student("s3", "Achieng", null)]);
  const after = register([student("s1", "Chebet", "late", { minutes_late: 7 }), student("s2", "Barasa", "present"), student("s3", "Achieng", "present")]);
  const { students } = differenceOf(before, after);
  assert.deepEqual(students.map(({ name, before: was, after: is }) => [name, was?.status, is?.status, is?.minutes_late]), [["Achieng", "unmarked", "present", null], ["Chebet", "absent", "late", 7]]);
});

test("a student who was not in the register then differs from one of whom nothing was said", () => {
  const { students } = differenceOf(register([]), register([student("s1", "Achieng", null)]));
  assert.deepEqual(students.map(({ before, after }) => [before, after?.status]), [[null, "unmarked"]]);
  assert.deepEqual(differenceOf(register([student("s1", "Achieng", null)]), register([])).students.map(({ after }) => after), [null]);
});

test("an excuse, a remark or minutes alone are a difference too", () => {
  const before = register([student("s1", "Achieng", "absent")]);
  for (const one of [student("s1", "Achieng", "absent", {}, "excused"), student("s1", "Achieng", "absent", { remarks: "bus" }), student("s1", "Achieng", "absent", { minutes_late: 3 })]) {
    assert.equal(differenceOf(before, register([one])).students.length, 1);
  }
});

test("counts are listed where they differ, and the state of the register if it does", () => {
  const { status, counts } = differenceOf(register([], { status: "open" }), register([], { counts: { ...COUNTS, present: 1, late: 1 } }));
  assert.deepEqual(status, { before: "open", after: "closed" });
  assert.deepEqual(counts, [{ status: "present", before: 2, after: 1 }, { status: "late", before: 0, after: 1 }]);
});

test("a void register is void, whether it was closed or not", () => {
  assert.deepEqual([statusOf({ status: "closed", void: true }), statusOf({ status: "closed", void: false }), statusOf({ status: "open", void: false })], ["void", "closed", "open"]);
});

test("the moment is the one wished for, or the newest", () => {
  assert.equal(momentIndex(MOMENTS, MOMENTS[1] ?? null), 1);
  assert.equal(momentIndex(MOMENTS, null), 2);
  assert.equal(momentIndex(MOMENTS, "2026-11-24T09:00:00.000Z"), 2);
  assert.equal(momentIndex([], null), 0);
});

test("what an event left is told with its minutes and remarks", () => {
  assert.equal(standingOf(null), null);
  assert.deepEqual(standingOf({ status: "late", corrected: false, command_id: "m", minutes_late: 7 }), { status: "late", counts_as: "late", minutes_late: 7, remarks: null });
});

test("answers without events or moments are not shown", () => {
  assert.ok(isRegisterHistory({ session_id: "r", class_id: "c", date: "2026-11-24", events: [event("a")] }));
  assert.ok(!isRegisterHistory({ session_id: "r", class_id: "c", date: "2026-11-24" }));
  assert.ok(!isRegisterHistory({ session_id: "r", class_id: "c", date: "2026-11-24", events: [{ type: "x" }] }));
  assert.ok(isStoodRegister(register([])));
  assert.ok(!isStoodRegister({ ...register([]), moments: undefined }));
});
