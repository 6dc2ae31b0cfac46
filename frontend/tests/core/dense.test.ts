import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import type { components } from "../../src/api/command-api.d.ts";
import { nextCommandId, RANDOM_BYTES } from "../../src/core/command_id.ts";
import { densely } from "../../src/core/dense.ts";
import { uuidOf } from "../../src/core/natural_id.ts";
import type { Roster } from "../../src/core/roster.ts";
import { writtenOut } from "../fixtures/written_out.ts";

type Envelope = components["schemas"]["Envelope"];
type Command = components["schemas"]["Command"];

/** The most bytes that a hundred marks may take on the wire. */
const MOST_AT_ONCE = 1_500;
/** The same where each is of another moment: with some classes three bytes, not two, are needed to tell a hundred students apart. */
const MOST_ONE_BY_ONE = 1_600;
const STATUSES = ["present", "absent", "late", "excused"] as const;
const CLASS_ID = uuidOf(randomBytes(16), 5);
const DATE = "2026-11-24";

const digest = (bytes: Uint8Array): Promise<ArrayBuffer> => {
  const hash = createHash("sha256").update(bytes).digest();
  return Promise.resolve(new Uint8Array(hash).buffer);
};

function rosterOf(students: readonly string[]): Roster {
  const of_class = students.map((id) => ({ id, from: "2026-09-01", until: null }));
  return { classes: [{ id: CLASS_ID, students: of_class }] } as unknown as Roster;
}

function newStudents(count: number): string[] {
  return Array.from({ length: count }, () => uuidOf(randomBytes(16), 5));
}

/** How a mark is made, and how long after the one before. */
interface Made {
  readonly student_id: string;
  readonly status: (typeof STATUSES)[number] | "unmarked";
  readonly after_ms: number;
  readonly slot?: string | undefined;
  readonly minutes_late?: number | undefined;
  readonly remarks?: string | undefined;
  readonly seq_step?: number | undefined;
}

/** The commands as the app makes them. */
function commandsOf(all: readonly Made[]): Command[] {
  let id: string | null = null;
  let tapped = Date.parse("2026-11-24T05:01:02.123Z");
  let stamp = 0;
  let seq = 400;
  return all.map(({ student_id, status, after_ms, slot, minutes_late, remarks, seq_step = 1 }) => {
    tapped += after_ms;
    id = nextCommandId(id, tapped, randomBytes(RANDOM_BYTES));
    stamp = Math.max(tapped - 87, stamp + 1);
    seq += seq_step;
    const said = status === "unmarked" ? { type: "ClearMark" } : {
      type: "MarkAttendance", status, ...(minutes_late === undefined ? {} : { minutes_late }), ...(remarks === undefined ? {} : { remarks }),
    };
    return {
      command_id: id, occurred_at: new Date(stamp).toISOString(), device_seq: seq, ...said, student_id,
      session: { class_id: CLASS_ID, date: DATE, ...(slot === undefined ? {} : { slot }) },
    } as Command;
  });
}

/** The bytes of a batch on the wire. */
function weight(said: Pick<Envelope, "commands" | "marks">, count: number): number {
  const envelope: Envelope = {
    device_id: uuidOf(randomBytes(16), 4), sent_at: "2026-11-24T05:03:10.250Z", clock: { offset_ms: -87.5, rtt_ms: 85.30000000447035, age_s: 41.2094 },
    device: { app_version: "0123456789ab", unsent: count, oldest_unsent_at: "2026-11-24T05:01:02.036Z", unsent_sessions: [uuidOf(randomBytes(16), 5)] },
    ...said,
  };
  return gzipSync(JSON.stringify(envelope), { level: 6 }).length;
}

test("a batch in the dense form is written out as the batch it was", async () => {
  const student = fc.integer({ min: 0, max: 29 });
  const made = fc.record({
    student, status: fc.constantFrom(...STATUSES, "unmarked" as const), after_ms: fc.constantFrom(0, 0, 1, 900, 86_400_000, -5_000),
    slot: fc.constantFrom(undefined, undefined, undefined, "am"), seq_step: fc.constantFrom(1, 1, 1, 3),
    minutes_late: fc.option(fc.integer({ min: 0, max: 240 }), { nil: undefined }), remarks: fc.option(fc.string(), { nil: undefined }),
  });
  await fc.assert(fc.asyncProperty(fc.array(made, { maxLength: 60 }), async (all) => {
    const students = newStudents(30);
    const commands = commandsOf(all.map((one) => ({ ...one, student_id: students[one.student] ?? "" })));
    const between = { ...commandsOf([{ student_id: "", status: "present", after_ms: 0 }])[0], type: "CloseSession" } as Command;
    const batch = commands.flatMap((command, place) => (place % 17 === 16 ? [command, between] : [command]));
    const said = await densely(batch, rosterOf(students), digest);
    assert.deepEqual(writtenOut({ device_id: "", sent_at: "", ...said }, () => students), batch);
  }), { numRuns: 200 });
});

test("a hundred marks weigh at most a kilobyte and a half", async () => {
  for (let round = 0; round < 20; round++) {
    const students = newStudents(100);
    const at_once = students.map((student_id) => ({ student_id, status: "present" as const, after_ms: 0 }));
    const one_by_one = students.map((student_id, place): Made => ({
      student_id, status: STATUSES[randomBytes(1).readUInt8() % 12] ?? "present", after_ms: 300 + (randomBytes(2).readUInt16BE() % 2_500),
      minutes_late: place % 20 === 7 ? 5 + place : undefined,
    }));
    for (const [all, most] of [[at_once, MOST_AT_ONCE], [one_by_one, MOST_ONE_BY_ONE]] as const) {
      const said = await densely(commandsOf(all), rosterOf(students), digest);
      const bytes = weight(said, 100);
      assert.equal(said.marks?.length, 1);
      assert.ok(bytes <= most, `${bytes} bytes`);
    }
  }
});

test("the dense form is taken only where it weighs less", async () => {
  for (const count of [3, 4, 7, 20, 60]) {
    const students = newStudents(40);
    const commands = commandsOf(Array.from({ length: count }, (_, place) => ({
      student_id: students[place % 40] ?? "", status: STATUSES[place % 4] ?? "present", after_ms: 1_234 * (place + 1),
    })));
    const said = await densely(commands, rosterOf(students), digest);
    assert.equal(said.marks?.length, 1);
    assert.ok(weight(said, count) < weight({ commands }, count), `${count} marks`);
  }
  const students = newStudents(2);
  const two = commandsOf(students.map((student_id) => ({ student_id, status: "absent", after_ms: 5 })));
  assert.deepEqual(await densely(two, rosterOf(students), digest), { commands: two });
});

test("students whom the roster of the day does not know are named in full", async () => {
  const students = newStudents(5);
  const commands = commandsOf(students.map((student_id) => ({ student_id, status: "present", after_ms: 0 })));
  const left = rosterOf(students);
  for (const roster of [rosterOf(students.slice(1)), { ...left, classes: [] }]) {
    assert.deepEqual(await densely(commands, roster, digest), { commands });
  }
});
