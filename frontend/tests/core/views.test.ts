import assert from "node:assert/strict";
import { test } from "node:test";
import type { RegisterKey } from "../../src/model.ts";
import { conflictsOf } from "../../src/core/conflicts.ts";
import { newRow, type OutboxRow } from "../../src/core/command.ts";
import { newLedger, unreflectedRows, type Desk } from "../../src/core/desk.ts";
import { markDraft } from "../../src/core/drafts.ts";
import { registerView, type RegisterInput } from "../../src/core/register_view.ts";
import { namedRegister, type Roster } from "../../src/core/roster.ts";
import { dayAfter, momentOf, schoolDay } from "../../src/core/school_day.ts";
import { shared } from "../../src/core/sharing.ts";
import type { Snapshot } from "../../src/core/snapshot.ts";
import { syncView } from "../../src/core/sync_view.ts";
import { dayView, todayCards } from "../../src/core/today.ts";
import { unsentFile } from "../../src/core/unsent_file.ts";

const TODAY = "2026-11-24";
const NOW = Date.parse(`${TODAY}T08:00:00Z`);
const ROSTER: Roster = {
  school: { id: "b987390a-ec7e-53f2-b891-f0e9ad84cbb8", code: "S", name: "School", time_zone: "Africa/Nairobi" },
  terms: [{ id: "t", sourced_id: "t", title: "Term", start: "2026-09-01", end: "2026-12-18" }],
  subjects: [{ id: "maths", title: "Mathematics" }],
  slots: [{ id: "am", title: "Morning", start: "08:00", end: null }, { id: "pm", title: "Afternoon", start: null, end: null }],
  policy: { version: 1, edit_days: 14, reopen_minutes: 30 },
  closed_days: ["2026-11-20", "2026-11-21", "2026-11-22"],
  staff: [{ id: "amina", name: "Amina Otieno" }],
  classes: [{
    id: "c", sourced_id: "c", title: "Form 2 East", subject_id: "maths", term_ids: ["t"],
    students: [
      { id: "a", sourced_id: "a", name: "Zawadi", admission_number: null, from: "2026-09-01", until: null, covers: [] },
      { id: "b", sourced_id: "b", name: "Achieng", admission_number: "7", from: "2026-09-01", until: "2026-11-24", covers: [] },
    ],
  }],
};

function keyOf(date: string, slot: string | null = "am"): RegisterKey {
  return { class_id: "c", date, subject_id: null, slot };
}

function snapshotOf(key: RegisterKey, change: Partial<Snapshot> = {}): Snapshot {
  const { session_id } = namedRegister(ROSTER, key);
  return { session_id, key, date: key.date, status: "open", void: false, closed_at: null, closed_by: null, entries: [], names: [], fetched_at: "2026-11-23T00:00:00.000Z", ...change };
}

function rowOf(seq: number, key: RegisterKey): OutboxRow {
  const { session_id } = namedRegister(ROSTER, key);
  const command = { type: "CloseSession", session: key } as const;
  return newRow(seq, `id-${seq}`, { command, session_id, since_seq: null }, { wall_ms: NOW + seq, steady_ms: 0, life: 1, offset_ms: 0 });
}

function input(rows: readonly OutboxRow[] = [], snapshots: readonly Snapshot[] = []): RegisterInput {
  const desk: Desk = {
    person: { id: "me", name: "Kelvin", role: "teacher", school_id: "s" },
    ledger: { ...newLedger("d"), read_from: "2026-11-10", read_at: "2026-11-24T07:59:00.000Z" },
    roster: { roster: ROSTER, etag: null, fetched_at: "" },
    snapshots: new Map(snapshots.map((one) => [one.session_id, one])),
    conflicts: [],
    uncounted: [],
    closed_rows: 0,
    rows: new Map(rows.map((row) => [row.seq, row])),
  };
  return { desk, rows_by_session: unreflectedRows(desk), sending: new Set(), now_ms: NOW };
}

function withClass(part: object): Pick<Desk, "roster"> {
  return { roster: { roster: { ...ROSTER, classes: ROSTER.classes.map((one) => ({ ...one, ...part })) }, etag: null, fetched_at: "" } };
}

function states(date: string, given = input()): string[] {
  return todayCards(given, date, TODAY).map((card) => `${card.slot_title ?? ""} ${card.state}`);
}

test("a day has a card for each class and slot, and for registers that somebody took besides", () => {
  assert.deepEqual(states(TODAY), ["Morning not_taken", "Afternoon not_taken"]);
  const besides = snapshotOf(keyOf(TODAY, "club"));
  const closed = snapshotOf(keyOf(TODAY, "am"), { status: "closed", closed_at: `${TODAY}T05:00:00.000Z`, closed_by: "amina" });
  assert.deepEqual(states(TODAY, input([], [besides, closed])), ["Morning closed", "Afternoon not_taken", "club open"]);
  assert.deepEqual(states(TODAY, input([rowOf(1, keyOf(TODAY, "evening"))])), ["Morning not_taken", "Afternoon not_taken", "evening closed"]);
});

test("a class has cards on the days and parts of the day that are this teacher's", () => {
  const given = input();
  const shownOn = (part: object, date: string, role: "teacher" | "admin" = "teacher"): string[] => {
    const desk = { ...given.desk, ...withClass(part), person: { ...given.desk.person, role } };
    return states(date, { ...given, desk }).map((state) => state.split(" ")[0] ?? "");
  };
  const teacher = { id: "me", name: "Kelvin" };
  const cover = [{ teacher, from: "2026-11-19", until: "2026-11-24", slot: "pm" }];
  assert.deepEqual(shownOn({ cover }, "2026-11-18"), []);
  assert.deepEqual(shownOn({ cover }, "2026-11-19"), ["Afternoon"]);
  assert.deepEqual(shownOn({ cover }, "2026-11-24"), [], "the first day without");
  assert.deepEqual(shownOn({ cover: [{ ...cover[0], slot: null }] }, "2026-11-23"), ["Morning", "Afternoon"]);
  const teaching = [{ from: "2026-09-01", until: "2026-11-23" }];
  assert.deepEqual(shownOn({ cover, teaching }, "2026-11-19"), ["Morning", "Afternoon"]);
  assert.deepEqual(shownOn({ cover, teaching }, "2026-11-23"), ["Afternoon"]);
  assert.deepEqual(shownOn({ cover }, "2026-11-18", "admin"), ["Morning", "Afternoon"], "the office takes any");
});

test("the calendar says which registers of a class are expected, from a day on", () => {
  const shownOn = (date: string, expected?: Roster["classes"][number]["expected"]): string[] =>
    states(date, { ...input(), desk: { ...input().desk, ...withClass({ expected }) } });
  const from = (day: string, ...slots: (string | null)[]): { from: string; slots: (string | null)[] } => ({ from: day, slots });
  const mornings = from("2026-09-01", "am");
  assert.deepEqual(shownOn("2026-11-23", [mornings]), ["Morning missing"], "nobody expects the afternoon");
  assert.deepEqual(shownOn("2026-11-18", [mornings, from("2026-11-19", "pm", null)]), ["Morning missing"]);
  assert.deepEqual(shownOn("2026-11-19", [mornings, from("2026-11-19", "pm", null)]), ["Afternoon missing", " missing"]);
  assert.deepEqual(shownOn(TODAY, [from("2026-09-01")]), [], "none of this class");
  assert.deepEqual(shownOn(TODAY), ["Morning not_taken", "Afternoon not_taken"], "no calendar: each part of the day");
});

test("a lesson beside the cards can be of each part of the day that is the teacher's, on a day without school too", () => {
  const day = (date: string, part: object = {}): unknown => {
    const view = dayView({ ...input().desk, ...withClass(part) }, date);
    return view && [view.has_school, view.classes.map(({ title, slots }) => [title, ...slots.map((one) => one.slot)])];
  };
  assert.deepEqual(day(TODAY), [true, [["Form 2 East", "am", "pm", null]]]);
  assert.deepEqual(day("2026-11-22"), [false, [["Form 2 East", "am", "pm", null]]]);
  assert.deepEqual(day("2026-12-25"), [false, []], "in no term");
  const cover = [{ teacher: { id: "me", name: "Kelvin" }, from: TODAY, until: "2026-11-25", slot: "pm" }];
  assert.deepEqual(day(TODAY, { cover }), [true, [["Form 2 East", "pm"]]]);
  assert.deepEqual(day("2026-11-23", { cover }), [true, []]);
  assert.equal(dayView({ ...input().desk, roster: null }, TODAY), null);
});

test("a register that is too old for a teacher, or of a day to come, says so and can be marked all the same", () => {
  const of = (date: string, role: "teacher" | "admin" = "teacher"): unknown => {
    const { desk } = input();
    const view = registerView({ ...input(), desk: { ...desk, person: { ...desk.person, role } } }, keyOf(date), null);
    return [view?.out_of_time, view?.rows.length];
  };
  assert.deepEqual(of("2026-11-10"), [null, 2], "14 days ago");
  assert.deepEqual(of("2026-11-09"), ["too_old", 2]);
  assert.deepEqual(of("2026-11-09", "admin"), [null, 2], "the office corrects");
  assert.deepEqual(of(TODAY), [null, 1]);
  assert.deepEqual(of("2026-11-25"), ["to_come", 1]);
});

test("a register is missing only on a school day that has passed and that this device knows of", () => {
  assert.deepEqual(states("2026-11-23"), ["Morning missing", "Afternoon missing"]);
  assert.deepEqual(states("2026-11-20"), [], "a closed day");
  assert.deepEqual(states("2026-11-22"), [], "a Sunday");
  const taken = snapshotOf(keyOf("2026-11-20"), { status: "closed", closed_at: "2026-11-20T05:00:00.000Z", closed_by: "amina" });
  assert.deepEqual(states("2026-11-20", input([], [taken])), ["Morning closed"], "taken on a closed day all the same");
  const { desk } = input();
  assert.deepEqual(states("2026-11-23", { ...input(), desk: { ...desk, ...withClass({ students: [] }) } }), ["Morning not_taken", "Afternoon not_taken"], "nobody in the class");
  assert.deepEqual(states("2026-11-09"), ["Morning not_taken", "Afternoon not_taken"], "before what was read");
  assert.deepEqual(states("2026-12-25"), [], "in no term");
});

test("the class's only subject is the same register as none", () => {
  const with_subject = registerView(input(), { ...keyOf(TODAY), subject_id: "maths" }, null);
  assert.equal(with_subject?.session_id, registerView(input(), keyOf(TODAY), null)?.session_id);
  assert.equal(with_subject?.key.subject_id, null);
});

test("the roster of a register is that of its day, and nobody with an entry is left out", () => {
  assert.deepEqual(registerView(input(), keyOf("2026-11-23"), null)?.rows.map((row) => row.name), ["Achieng", "Zawadi"]);
  assert.deepEqual(registerView(input(), keyOf(TODAY), null)?.rows.map((row) => row.name), ["Zawadi"]);
  const entry = { status: "present", minutes_late: null, remarks: null, occurred_at: "", command_id: "", marked_by: { id: "amina", name: "Amina Otieno" }, corrected: false } as const;
  const names = [{ student_id: "x", name: "Moved Away", admission_number: null }];
  const kept = snapshotOf(keyOf(TODAY), { entries: [{ ...entry, student_id: "b" }, { ...entry, student_id: "x" }], names });
  const rows = registerView(input([], [kept]), keyOf(TODAY), null)?.rows ?? [];
  assert.deepEqual(rows.map((row) => [row.name, row.on_roster]), [["Achieng", false], ["Moved Away", false], ["Zawadi", true]]);
  assert.deepEqual(rows[0]?.marked_by, { id: "amina", name: "Amina Otieno" });
});

test("a register is as old as the last reading if its day is among those that are read", () => {
  assert.equal(registerView(input(), keyOf(TODAY), null)?.fetched_at, "2026-11-24T07:59:00.000Z");
  assert.equal(registerView(input(), keyOf("2026-10-01"), null)?.fetched_at, null);
  const old = snapshotOf(keyOf("2026-10-01"));
  assert.equal(registerView(input([], [old]), keyOf("2026-10-01"), null)?.fetched_at, old.fetched_at);
});

test("a register that there cannot be says why, and has no lines to mark", () => {
  const whyNot = (change: Partial<RegisterKey>, given = input()): unknown => {
    const view = registerView(given, { ...keyOf(TODAY), ...change }, null);
    return [view?.why_not, view?.rows.length];
  };
  assert.deepEqual(whyNot({}), [null, 1]);
  assert.deepEqual(whyNot({ class_id: "another" }), ["unknown_class", 0]);
  assert.deepEqual(whyNot({ subject_id: "xyz" }), ["unknown_subject", 0]);
  assert.deepEqual(whyNot({ date: "2026-11-25" }), [null, 1], "the clock of this device may be slow");
  assert.deepEqual(whyNot({ date: "2026-08-31" }), ["no_term", 0]);
  const entry = { student_id: "a", status: "late", minutes_late: 3, remarks: null, occurred_at: `${TODAY}T05:00:00.000Z`, command_id: "i", marked_by: { id: "amina", name: "Amina" }, corrected: false } as const;
  const marked = snapshotOf(keyOf("2026-08-31"), { entries: [entry] });
  assert.deepEqual(whyNot({ date: "2026-08-31" }, input([], [marked])), [null, 1], "what somebody has marked is shown");
});

test("what is not sent is grouped by register with its oldest", () => {
  const given = input([rowOf(2, keyOf(TODAY)), rowOf(1, keyOf(TODAY)), rowOf(3, keyOf(TODAY, "pm"))]);
  const view = syncView(given.desk, { kind: "idle" }, new Set(), 0);
  assert.equal(view.unsent, 3);
  assert.deepEqual(view.groups.map((group) => [group.key?.slot, group.count, group.oldest_at]), [
    ["am", 2, new Date(NOW + 1).toISOString()],
    ["pm", 1, new Date(NOW + 3).toISOString()],
  ]);
});

test("conflicts are told from the side of the person who looks, and other people's are not told", () => {
  const side = (by: string, status: string): object => ({ by: { id: by, name: by }, command_id: "i", occurred_at: "2026-11-24T05:00:00.000Z", recorded_at: "", status });
  const { session_id } = namedRegister(ROSTER, keyOf(TODAY, "pm"));
  const item = { session_id, class_id: "c", date: TODAY, student_id: "a", student_name: "Zawadi", kind: "superseded", state: "open" };
  type Items = Parameters<typeof conflictsOf>[0];
  const items = [
    { ...item, lost: side("me", "present"), won: side("amina", "absent") },
    { ...item, lost: side("amina", "late"), won: side("me", "present") },
    { ...item, lost: side("amina", "late"), won: side("office", "present") },
    { ...item, lost: null, won: null, kind: "roster-changed-after-close" },
  ] as unknown as Items;
  const lines = conflictsOf(items, { person_id: "me", roster: ROSTER, kept: new Map(), today: TODAY });
  assert.deepEqual(lines.map((line) => [line.mine.status, line.other.by, line.other.status]), [["present", "amina", "absent"], ["present", "amina", "late"]]);
  assert.deepEqual(lines[0]?.key, keyOf(TODAY, "pm"));
});

test("a mark that lost can be said again, unless that would only be refused or told already", () => {
  const at = "2026-11-24T05:00:00.000Z";
  const side = (id: string, status: string): object => ({ by: { id, name: id }, command_id: "i", occurred_at: at, recorded_at: at, status });
  const { session_id, key } = namedRegister(ROSTER, keyOf(TODAY));
  const item = { session_id, class_id: "c", date: TODAY, student_id: "a", kind: "superseded", state: "open", lost: side("me", "present"), won: side("amina", "absent") };
  const contest = (change: object, snapshot: Snapshot | null = null): unknown => {
    const kept = new Map(snapshot === null ? [] : [[session_id, snapshot]]);
    const items = [{ ...item, ...change }] as unknown as Parameters<typeof conflictsOf>[0];
    return conflictsOf(items, { person_id: "me", roster: ROSTER, kept, today: TODAY })[0]?.contest;
  };
  assert.equal(contest({}), "counts");
  assert.equal(contest({}, { ...snapshotOf(key), status: "closed" }), "closed");
  assert.equal(contest({ state: "settled" }), "corrected");
  assert.equal(contest({ state: "contested" }), null);
  assert.equal(contest({ lost: side("amina", "absent"), won: side("me", "present") }), null, "mine counts as it is");
  assert.equal(contest({ lost: side("me", "unmarked") }), null);
  assert.equal(contest({ session_id: "a slot that this device does not know" }), null);
  assert.equal(contest({ class_id: "another" }), null);
  const old = namedRegister(ROSTER, keyOf("2026-11-01"));
  assert.equal(contest({ session_id: old.session_id, date: "2026-11-01" }), null);
});

test("minutes belong to late only, and what is not said stays", () => {
  const [row] = registerView(input(), keyOf(TODAY), null)?.rows ?? [];
  assert.ok(row);
  const where = { key: keyOf(TODAY), session_id: "s" };
  const late = { ...row, minutes_late: 12, remarks: "bus" };
  const said = (...[status, detail]: [Parameters<typeof markDraft>[2], Parameters<typeof markDraft>[3]]): unknown[] => {
    const { command } = markDraft(where, late, status, detail);
    return command.type === "MarkAttendance" ? [command.minutes_late, command.remarks] : [];
  };
  assert.deepEqual(said("late", {}), [12, "bus"]);
  assert.deepEqual(said("present", {}), [null, "bus"]);
  assert.deepEqual(said("late", { minutes_late: 999, remarks: "  " }), [240, null]);
  assert.deepEqual(said("absent", { remarks: "é".repeat(600) }), [null, "é".repeat(500)]);
});

test("days and hours are the school's", () => {
  assert.equal(schoolDay(Date.parse("2026-11-23T21:30:00Z"), "Africa/Nairobi"), "2026-11-24");
  assert.equal(schoolDay(Date.parse("2026-11-24T04:30:00Z"), "America/New_York"), "2026-11-23");
  assert.equal(momentOf("2026-11-24", "08:00", "Africa/Nairobi"), "2026-11-24T05:00:00.000Z");
  assert.equal(momentOf("2026-03-29", "08:00", "Europe/Berlin"), "2026-03-29T06:00:00.000Z");
  assert.equal(momentOf("2026-11-24", "late", "Africa/Nairobi"), null);
  assert.equal(dayAfter("2026-02-28", 1), "2026-03-01");
});

test("the rescue copy holds what the server would need, who made it, and why it was refused", () => {
  const refused: OutboxRow = { ...rowOf(1, keyOf(TODAY)), state: "attention", problem: { slug: "forbidden", title: "Not allowed", detail: null } };
  const from = { person: input().desk.person, school_code: "S", device_id: "d", app_version: "1", exported_at: "2026-11-24T08:00:00.000Z" };
  const file = JSON.parse(unsentFile(from, [refused, rowOf(2, keyOf(TODAY))]));
  assert.equal(file.format, "muster-unsent");
  assert.deepEqual(file.actor, { id: "me", name: "Kelvin" });
  assert.deepEqual(file.commands.map((one: { state: string }) => one.state), ["attention", "queued"]);
  assert.deepEqual(file.commands[0].command, {
    command_id: "id-1", occurred_at: new Date(NOW + 1).toISOString(), device_seq: 1, type: "CloseSession",
    session: { class_id: "c", date: TODAY, slot: "am" },
  });
});

test("what says the same is the very same", () => {
  const before = { a: [{ x: 1 }, { x: 2 }], b: { c: null } };
  assert.equal(shared(before, structuredClone(before)), before);
  const after = shared(before, { a: [{ x: 1 }, { x: 3 }], b: { c: null } });
  assert.equal(after.a[0], before.a[0]);
  assert.equal(after.b, before.b);
  assert.notEqual(after.a, before.a);
  assert.deepEqual(shared<unknown>([1, 2], [1]), [1]);
  assert.deepEqual(shared<unknown>({ a: undefined }, {}), {});
});
