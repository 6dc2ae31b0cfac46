import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { EntryStatus } from "../../src/model.ts";
import { newRow, type Command, type OutboxRow } from "../../src/core/command.ts";
import { overlay, type Reader, type ShownRegister } from "../../src/core/overlay.ts";
import type { Entry, Snapshot } from "../../src/core/snapshot.ts";

const KEY = { class_id: "c", date: "2026-11-24", subject_id: null, slot: null };
const ME: Reader = { id: "me", name: "Kelvin", is_office: false, reopen_minutes: 30 };
const START = Date.parse("2026-11-24T08:00:00Z");

interface Event {
  readonly by: string;
  readonly at: string;
  readonly command_id: string;
  readonly command: Command;
}

/** A plain copy of the server's rules: sort, one pass. */
function fold(events: readonly Event[]): Snapshot | null {
  if (events.length === 0) return null;
  const place = (event: Event): string =>
    (event.command.type === "ReopenSession" ? event.command.effective_at ?? event.at : event.at) + event.command_id;
  const entries = new Map<string, Entry>();
  let close: Event | null = null;
  let is_void = false;
  for (const event of [...events].sort((a, b) => (place(a) < place(b) ? -1 : 1))) {
    const { command } = event;
    if (command.type === "CloseSession") close ??= event;
    else if (command.type === "ReopenSession") {
      if (close?.by === event.by && Date.parse(event.at) - Date.parse(close.at) <= 30 * 60_000) close = null;
    } else if (command.type === "VoidSession" || command.type === "RestoreSession") is_void = command.type === "VoidSession";
    else if (close === null && "student_id" in command) {
      const status: EntryStatus = command.type === "MarkAttendance" ? command.status : "unmarked";
      const { student_id } = command;
      const { at: occurred_at, command_id, by } = event;
      entries.set(student_id, { student_id, status, minutes_late: null, remarks: null, occurred_at, command_id, marked_by: { id: by, name: by }, corrected: false });
    }
  }
  return {
    session_id: "s", key: KEY, date: KEY.date, status: close === null ? "open" : "closed", void: is_void,
    closed_at: close?.at ?? null, closed_by: close?.by ?? null, entries: [...entries.values()], names: [], fetched_at: "",
  };
}

function rowOf(event: Event, seq: number, change: Partial<OutboxRow> = {}): OutboxRow {
  const draft = { command: event.command, session_id: "s", since_seq: null };
  const tapped = { wall_ms: Date.parse(event.at), steady_ms: 0, life: 1, offset_ms: 0 };
  return { ...newRow(seq, event.command_id, draft, tapped), occurred_at: event.at, ...change };
}

function said(shown: ShownRegister): unknown {
  const entries = [...shown.entries].map(([student_id, entry]) => [student_id, entry.status, entry.command_id]);
  return { status: shown.status, void: shown.void, closed_at: shown.closed_at, entries: entries.sort() };
}

function mark(student_id: string, status: "present" | "absent" | "late" | "excused"): Command {
  return { type: "MarkAttendance", session: KEY, student_id, status, minutes_late: null, remarks: null };
}

const student = fc.constantFrom("a", "b", "c");
const marking: fc.Arbitrary<Command> = fc.oneof(
  fc.tuple(student, fc.constantFrom("present" as const, "absent" as const)).map(([id, status]) => mark(id, status)),
  student.map((student_id): Command => ({ type: "ClearMark", session: KEY, student_id })),
);
const anything: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: marking },
  { weight: 1, arbitrary: fc.constantFrom<Command>(
    { type: "CloseSession", session: KEY },
    { type: "ReopenSession", session: KEY, reason: "r", effective_at: null },
    { type: "VoidSession", session: KEY, reason: "r" },
    { type: "RestoreSession", session: KEY, reason: "r" },
  ) },
);

function event(by: string, command: Command, minute: number): Event {
  const at = new Date(START + minute * 60_000).toISOString();
  return { by, at, command_id: `${String(minute).padStart(4, "0")}-${by}`, command };
}

test("one's own commands laid over any earlier state of the register give what the server will say", () => {
  fc.assert(fc.property(fc.array(anything, { maxLength: 14 }), fc.nat(14), fc.boolean(), (commands, sent, stamped) => {
    const events = commands.map((command, index) => event("me", command, index * 7));
    const rest = events.slice(sent).map((one, index) => rowOf(one, sent + index + 1, stamped ? {} : { occurred_at: null }));
    const shown = overlay(fold(events.slice(0, sent)), rest, ME);
    const expected = overlay(fold(events), [], ME);
    assert.deepEqual(said(shown), said(expected));
  }), { numRuns: 1000 });
});

test("a colleague's marks and one's own that are not sent yet meet in the order in which they happened", () => {
  const theirs = fc.array(fc.tuple(marking, fc.nat(40)), { maxLength: 8 });
  fc.assert(fc.property(fc.array(marking, { maxLength: 8 }), theirs, fc.nat(8), (mine, others, sent) => {
    const own = mine.map((command, index) => event("me", command, index * 5));
    const others_events = others.map(([command, minute], index) => event(`them${index}`, command, minute));
    const shown = overlay(fold([...own.slice(0, sent), ...others_events]), own.slice(sent).map((one, index) => rowOf(one, index + 1)), ME);
    assert.deepEqual(said(shown), said(overlay(fold([...own, ...others_events]), [], ME)));
  }), { numRuns: 1000 });
});

test("once the server has everything, laying it over again changes nothing", () => {
  fc.assert(fc.property(fc.array(marking, { maxLength: 10 }), (commands) => {
    const events = commands.map((command, index) => event("me", command, index));
    const snapshot = fold(events);
    assert.deepEqual(said(overlay(snapshot, events.map((one, index) => rowOf(one, index + 1)), ME)), said(overlay(snapshot, [], ME)));
  }));
});

test("a mark after the server's close is kept and shown as unsent but does not count", () => {
  const snapshot = fold([event("them", { type: "CloseSession", session: KEY }, 10)]);
  const shown = overlay(snapshot, [rowOf(event("me", mark("a", "present"), 11), 1)], ME);
  assert.equal(shown.entries.has("a"), false);
  assert.equal(shown.own.get("a")?.seq, 1);
  const before = overlay(snapshot, [rowOf(event("me", mark("a", "present"), 9), 1)], ME);
  assert.equal(before.entries.get("a")?.status, "present");
});

test("a correction of the office stays over whatever is marked here", () => {
  const snapshot = fold([event("office", mark("a", "absent"), 1)]);
  assert.ok(snapshot);
  const corrected = { ...snapshot, entries: snapshot.entries.map((entry) => ({ ...entry, corrected: true })) };
  const shown = overlay(corrected, [rowOf(event("me", mark("a", "present"), 5), 1)], ME);
  assert.equal(shown.entries.get("a")?.status, "absent");
});

test("a reopen with marks since the close counts them, before and after it has a stamp", () => {
  const events = [
    event("me", { type: "CloseSession", session: KEY }, 1),
    event("me", mark("a", "late"), 2),
    event("me", { type: "ReopenSession", session: KEY, reason: "r", effective_at: null }, 3),
  ];
  const bare = events.map((one, index) => rowOf(one, index + 1, { occurred_at: null, since_seq: index === 2 ? 1 : null }));
  const shown = overlay(null, bare, ME);
  assert.equal(shown.status, "open");
  assert.equal(shown.entries.get("a")?.status, "late");
});

test("a colleague's close cannot be reopened, and one's own only for as long as the policy says", () => {
  const reopen: Command = { type: "ReopenSession", session: KEY, reason: "r", effective_at: null };
  const close: Command = { type: "CloseSession", session: KEY };
  const after = (by: string, minute: number): string =>
    overlay(fold([event(by, close, 0)]), [rowOf(event("me", reopen, minute), 1)], ME).status;
  assert.equal(after("me", 30), "open");
  assert.equal(after("me", 31), "closed");
  assert.equal(after("them", 1), "closed");
});

test("a refused mark stays in sight until something that counts has overtaken it; a refused close closes nothing", () => {
  const refused = rowOf(event("me", mark("a", "present"), 5), 1, { state: "attention" });
  assert.equal(overlay(null, [refused], ME).own.get("a")?.state, "attention");
  assert.equal(overlay(null, [refused], ME).status, "not_taken");
  const overtaken = overlay(fold([event("me", mark("a", "absent"), 6)]), [refused], ME);
  assert.equal(overtaken.own.has("a"), false);
  assert.equal(overtaken.entries.get("a")?.status, "absent");
  const close = rowOf(event("me", { type: "CloseSession", session: KEY }, 1), 1, { state: "attention" });
  assert.equal(overlay(fold([event("me", mark("a", "absent"), 0)]), [close], ME).status, "open");
});
