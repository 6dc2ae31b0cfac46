/**
 * The dense form of a batch: marks of one register as columns instead of rows. A command weighs some 37 bytes on the wire,
 * most of them ids that no packing makes smaller; in the dense form it weighs a quarter, because an id is sent as its step
 * from the one before, and a student by as many bytes as tell the students of the class apart.
 */

import type { components } from "../api/command-api.d.ts";
import { COUNTER_BITS, partsOf } from "./command_id.ts";
import { bytesOf } from "./natural_id.ts";
import { classOf, enrolledOn, type Roster } from "./roster.ts";

type Schemas = components["schemas"];
type Envelope = Schemas["Envelope"];
type Command = Schemas["Command"];
type Dense = Schemas["DenseMarks"];
type Mark = Extract<Command, { type: "MarkAttendance" | "ClearMark" }>;

/** SHA-256, which the browser has. */
export type Digest = (bytes: Uint8Array<ArrayBuffer>) => Promise<ArrayBuffer>;

/** From so many marks on a register of its own is worth its columns. */
const WORTH_IT = 3;
const CHECK_BYTES = 9;
const ID_BYTES = 16;
const LETTERS: Readonly<Record<string, string>> = { present: "P", absent: "A", late: "L", excused: "E" };
const CLEARED = "U";

/** The commands of a batch, those in the dense form that weigh less in it. Only students of the roster are known to both sides. */
export async function densely(commands: readonly Command[], roster: Roster, digest: Digest): Promise<Pick<Envelope, "commands" | "marks">> {
  const written_out: Command[] = [];
  const marks: Dense[] = [];
  let index = 0;
  for (const run of runs(commands)) {
    const dense = run.every(isMark) && run.length >= WORTH_IT ? await denseMarks(index, run, roster, digest) : null;
    if (dense === null) written_out.push(...run);
    else marks.push(dense);
    index += run.length;
  }
  return marks.length === 0 ? { commands: written_out } : { commands: written_out, marks };
}

/** Marks of one register that follow one another, and everything else one by one. */
function runs(commands: readonly Command[]): Command[][] {
  const found: Command[][] = [];
  let register: string | null = null;
  for (const command of commands) {
    const own = isMark(command) ? JSON.stringify(command.session) : null;
    if (own !== null && own === register) found.at(-1)?.push(command);
    else found.push([command]);
    register = own;
  }
  return found;
}

function isMark(command: Command): command is Mark {
  return command.type === "ClearMark" || (command.type === "MarkAttendance" && command.status in LETTERS);
}

async function denseMarks(index: number, run: readonly Mark[], roster: Roster, digest: Digest): Promise<Dense | null> {
  const [first] = run;
  if (first === undefined) return null;
  const { session, command_id, occurred_at, device_seq } = first;
  const one = classOf(roster, session.class_id);
  const class_ids = new Set((one === null ? [] : enrolledOn(one, session.date)).map((student) => student.id));
  if (!run.every((mark) => class_ids.has(mark.student_id))) return null;
  const ids = run.map((mark) => partsOf(mark.command_id));
  const seqs = steps(run.map((mark) => mark.device_seq ?? 0));
  const check = await digest(bytesOf(run.map((mark) => mark.command_id + mark.student_id).join("")));
  return {
    index,
    session,
    first: { command_id, occurred_at, device_seq: device_seq ?? null },
    steps: {
      id_ms: steps(ids.map((id) => Number(id.time))),
      id: counterSteps(ids.map((id) => id.counter)),
      occurred_ms: steps(run.map((mark) => Date.parse(mark.occurred_at))),
      ...(seqs.every((step) => step === 1) ? {} : { device_seq: seqs }),
    },
    statuses: run.map((mark) => (mark.type === "ClearMark" ? CLEARED : LETTERS[mark.status])).join(""),
    students: students(run, class_ids),
    ...column("minutes_late", run, (mark) => (mark.type === "ClearMark" ? null : mark.minutes_late)),
    ...column("remarks", run, (mark) => (mark.type === "ClearMark" ? null : mark.remarks)),
    check: base64url(new Uint8Array(check, 0, CHECK_BYTES)),
  };
}

/** By how much each but the first is greater than the one before. */
function steps(numbers: readonly number[]): number[] {
  return numbers.slice(1).map((number, index) => number - (numbers[index] ?? 0));
}

function counterSteps(counters: readonly bigint[]): string {
  const hex = counters.slice(1).map((counter, index) => BigInt.asUintN(COUNTER_BITS, counter - (counters[index] ?? 0n)).toString(16));
  const width = Math.max(1, ...hex.map((step) => Math.ceil(step.length / 2)));
  return base64url(bytesOf(hex.map((step) => step.padStart(2 * width, "0")).join("")));
}

/** As many bytes of each as tell all the students of the class apart. */
function students(run: readonly Mark[], class_ids: ReadonlySet<string>): string {
  const beginning = (id: string, bytes: number): string => id.replaceAll("-", "").slice(0, 2 * bytes);
  let bytes = 1;
  while (bytes < ID_BYTES && new Set([...class_ids].map((id) => beginning(id, bytes))).size < class_ids.size) bytes += 1;
  return base64url(bytesOf(run.map((mark) => beginning(mark.student_id, bytes)).join("")));
}

/** What only some of the marks say, by their places among them. */
function column<Name extends string, T>(name: Name, run: readonly Mark[], of: (mark: Mark) => T | null | undefined): { [name in Name]?: Record<string, T> } {
  const said = run.map(of).flatMap((value, place) => (value == null ? [] : [[place, value] as const]));
  return said.length === 0 ? {} : { [name]: Object.fromEntries(said) } as { [name in Name]: Record<string, T> };
}

function base64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
