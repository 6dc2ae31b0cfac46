import assert from "node:assert/strict";
import { test } from "node:test";
import { newRow, type Command, type Draft, type OutboxRow } from "../../src/core/command.ts";
import { wireCommand } from "../../src/core/envelope.ts";
import { overlay } from "../../src/core/overlay.ts";

const KEY = { class_id: "c", date: "2026-11-24", subject_id: null, slot: "am" };
const TEXT = { category: "medical", start_date: "2026-11-24", end_date: "2026-11-25", slots: null, reason: "fever" };
const READER = { id: "me", name: "Wanjiku", is_office: true, reopen_minutes: 30 };

function row(command: Command, seq = 1, about?: Draft["about"]): OutboxRow {
  const draft: Draft = { command, session_id: "s", since_seq: null, ...(about === undefined ? {} : { about }) };
  return newRow(seq, `id-${seq}`, draft, { wall_ms: seq * 1000, steady_ms: 0, life: 1, offset_ms: 0 });
}

test("whose an excuse is goes over the wire only with its record, and whole days are said", () => {
  const record = { ...wireCommand(row({ type: "RecordException", exception_id: "x", student_id: "a", ...TEXT }, 1, "exception")) };
  assert.deepEqual(record, { command_id: "id-1", occurred_at: "1970-01-01T00:00:01.000Z", device_seq: 1, type: "RecordException", exception_id: "x", student_id: "a", ...TEXT });
  const amend: object = wireCommand(row({ type: "AmendException", exception_id: "x", student_id: "a", ...TEXT }, 1, "exception"));
  assert.ok(!("student_id" in amend) && "slots" in amend && amend.slots === null);
  const approve: object = wireCommand(row({ type: "ApproveException", exception_id: "x", student_id: "a" }, 1, "exception"));
  assert.deepEqual(Object.keys(approve).sort(), ["command_id", "device_seq", "exception_id", "occurred_at", "type"]);
});

test("a command about a class's roll names class, student and day", () => {
  const enrol: object = wireCommand(row({ type: "EnrolStudent", class_id: "c", student_id: "a", from: "2026-11-24" }, 1, "roll"));
  assert.deepEqual(enrol, { command_id: "id-1", occurred_at: "1970-01-01T00:00:01.000Z", device_seq: 1, type: "EnrolStudent", class_id: "c", student_id: "a", from: "2026-11-24" });
});

test("a correction counts in a closed register, and a mark after it does not", () => {
  const mark = (status: "present" | "absent", seq: number): OutboxRow =>
    row({ type: "MarkAttendance", session: KEY, student_id: "a", status, minutes_late: null, remarks: null }, seq);
  const correct = row({ type: "CorrectAttendance", session: KEY, student_id: "a", status: "late", minutes_late: 9, remarks: null, reason: "gate" }, 3);
  const shown = overlay(null, [mark("absent", 1), row({ type: "CloseSession", session: KEY }, 2), correct], READER);
  assert.deepEqual([shown.status, shown.entries.get("a")?.status, shown.entries.get("a")?.corrected], ["closed", "late", true]);
  const marked_after = overlay(null, [mark("absent", 1), correct, mark("present", 4)], READER);
  assert.equal(marked_after.entries.get("a")?.status, "late");
});

test("the office's later word in the server's view stays, and a mark there gives way", () => {
  const entry = { student_id: "a", status: "present", minutes_late: null, remarks: null, command_id: "z", marked_by: { id: "k", name: "Kelvin" } } as const;
  const snapshot = (occurred_at: string, corrected: boolean) => ({
    session_id: "s", key: KEY, date: KEY.date, status: "open", void: false, closed_at: null, closed_by: null, names: [], fetched_at: "",
    entries: [{ ...entry, occurred_at, corrected }],
  } as const);
  const correct = { ...row({ type: "CorrectAttendance", session: KEY, student_id: "a", status: "late", minutes_late: null, remarks: null, reason: "gate" }), occurred_at: "2026-11-24T05:00:00.000Z" };
  const status = (occurred_at: string, corrected: boolean): string | undefined => overlay(snapshot(occurred_at, corrected), [correct], READER).entries.get("a")?.status;
  assert.equal(status("2026-11-24T06:00:00.000Z", true), "present");
  assert.equal(status("2026-11-24T04:00:00.000Z", true), "late");
  assert.equal(status("2026-11-24T06:00:00.000Z", false), "late");
});

test("what an entry was before an arrival stays on the device, and an arrival counts in a closed register alone", () => {
  const arrival: Command = { type: "RecordArrival", session: KEY, student_id: "a", minutes_late: 12, reason: "gate", before: { status: "absent", minutes_late: null, remarks: null } };
  const sent: object = wireCommand(row(arrival));
  assert.deepEqual(Object.keys(sent).sort(), ["command_id", "device_seq", "minutes_late", "occurred_at", "reason", "session", "student_id", "type"]);
  const close = row({ type: "CloseSession", session: KEY }, 1);
  const of = (rows: readonly OutboxRow[]): unknown => {
    const entry = overlay(null, rows, READER).entries.get("a");
    return entry && [entry.status, entry.minutes_late, entry.corrected];
  };
  assert.deepEqual(of([close, row(arrival, 2)]), ["late", 12, true]);
  assert.equal(of([row(arrival, 2)]), undefined, "the teacher is still marking");
  assert.equal(of([close, row({ type: "AcceptConflict", session: KEY, student_id: "a", mark_id: "m" }, 2)]), undefined);
});

test("a cover names its days and parts, and whose it is", () => {
  const assign: object = wireCommand(row({ type: "AssignCover", class_id: "c", teacher_id: "t", from: "2026-11-24", until: "2026-11-25", slots: ["am"] }, 1, "roll"));
  assert.deepEqual(assign, { command_id: "id-1", occurred_at: "1970-01-01T00:00:01.000Z", device_seq: 1, type: "AssignCover", class_id: "c", teacher_id: "t", from: "2026-11-24", until: "2026-11-25", slots: ["am"] });
});
