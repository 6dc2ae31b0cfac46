import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { newRow, type Draft, type OutboxRow } from "../../src/core/command.ts";
import { answered, isExpired, lostWithStore, nextBatch, queuedAgain, stamped } from "../../src/core/outbox.ts";

const KEY = { class_id: "c", date: "2026-11-24", subject_id: null, slot: null };
const NOW = { wall_ms: Date.parse("2026-11-24T08:00:00Z"), steady_ms: 0, life: 1 };

function mark(student_id: string): Draft {
  const command = { type: "MarkAttendance", session: KEY, student_id, status: "present", minutes_late: null, remarks: null } as const;
  return { command, session_id: "s", since_seq: null };
}

function row(seq: number, draft = mark("a")): OutboxRow {
  return newRow(seq, `id-${String(seq).padStart(6, "0")}`, draft, { ...NOW, offset_ms: null });
}

/** A server that keeps what it accepted, may refuse or put off, and may be restored from an older backup. */
class ServerModel {
  readonly log: string[] = [];
  epoch = 1;

  answer(sent: readonly string[], verdicts: readonly number[]): { index: number; command_id: string; outcome: "accepted" | "duplicate" | "rejected" | "retry" }[] {
    return sent.map((command_id, index) => {
      const verdict = verdicts[index % verdicts.length] ?? 0;
      if (this.log.includes(command_id)) return { index, command_id, outcome: "duplicate" };
      if (verdict === 1) return { index, command_id, outcome: "rejected" };
      if (verdict === 2) return { index, command_id, outcome: "retry" };
      this.log.push(command_id);
      return { index, command_id, outcome: "accepted" };
    });
  }

  restore(lost: number): void {
    this.log.splice(Math.max(0, this.log.length - lost));
    this.epoch += 1;
  }
}

/** The device: its rows, and which store it last heard of. */
class DeviceModel {
  readonly rows = new Map<number, OutboxRow>();
  readonly discarded = new Set<string>();
  last_stamp: string | null = null;
  store: string | null = null;
  answers = 0;
  seq = 0;

  tap(count: number): void {
    for (let made = 0; made < count; made++) {
      this.seq += 1;
      this.rows.set(this.seq, row(this.seq));
    }
  }

  send(server: ServerModel, limit: number, verdicts: readonly number[], fate: "answered" | "lost" | "not_sent" | "late"): (() => void) | null {
    const bare = this.all().filter((one) => one.state === "queued" && one.occurred_at === null);
    const done = stamped(bare, NOW, 0, this.last_stamp, () => null);
    this.put(done.rows);
    this.last_stamp = done.last_stamp;
    const batch = nextBatch(this.all(), 0, limit);
    if (fate === "not_sent") return null;
    const sent = batch.map((one) => one.command_id);
    const results = server.answer(sent, verdicts);
    const store = `store.${server.epoch}`;
    const hear = (): void => this.hear(sent, results, store);
    if (fate === "answered") hear();
    return fate === "late" ? hear : null;
  }

  hear(sent: readonly string[], results: ReturnType<ServerModel["answer"]>, store: string): void {
    if (this.store !== store) this.put(lostWithStore(this.all(), store));
    this.store = store;
    this.answers += 1;
    const rows = this.all().filter((one) => sent.includes(one.command_id));
    this.put(answered(sent, rows, { results, answered_at: "2026-11-24T08:00:01.000Z", number: this.answers, store }));
  }

  decide(resend: boolean): void {
    for (const one of this.all().filter((each) => each.state === "attention")) {
      if (resend) this.put([queuedAgain(one)]);
      else {
        this.rows.delete(one.seq);
        this.discarded.add(one.command_id);
      }
    }
  }

  all(): OutboxRow[] {
    return [...this.rows.values()];
  }

  put(rows: readonly OutboxRow[]): void {
    for (const one of rows) this.rows.set(one.seq, one);
  }
}

const step = fc.oneof(
  fc.record({ kind: fc.constant("tap" as const), count: fc.integer({ min: 1, max: 5 }) }),
  fc.record({
    kind: fc.constant("send" as const),
    limit: fc.integer({ min: 1, max: 6 }),
    verdicts: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 4 }),
    fate: fc.constantFrom("answered" as const, "lost" as const, "not_sent" as const, "late" as const),
  }),
  fc.record({ kind: fc.constant("restore" as const), lost: fc.integer({ min: 0, max: 6 }) }),
  fc.record({ kind: fc.constant("decide" as const), resend: fc.boolean() }),
);

test("no order of taps, batches, lost and refused and put-off and repeated answers, and restored servers loses or doubles anything", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
    const server = new ServerModel();
    const device = new DeviceModel();
    let late: (() => void) | null = null;
    for (const one of steps) {
      if (one.kind === "tap") device.tap(one.count);
      if (one.kind === "restore") server.restore(one.lost);
      if (one.kind === "decide") device.decide(one.resend);
      if (one.kind === "send") {
        late?.();
        late = device.send(server, one.limit, one.verdicts, one.fate);
      }
    }
    late?.();
    device.decide(true);
    for (let round = 0; round < 200 && device.all().some((one) => one.state !== "acknowledged"); round++) device.send(server, 3, [0], "answered");
    device.send(server, 3, [0], "answered");
    for (let round = 0; round < 200 && device.all().some((one) => one.state !== "acknowledged"); round++) device.send(server, 3, [0], "answered");
    const made = Array.from({ length: device.seq }, (_, index) => row(index + 1).command_id).filter((id) => !device.discarded.has(id));
    for (const id of made) assert.equal(server.log.filter((one) => one === id).length, 1, id);
    assert.equal(new Set(server.log).size, server.log.length);
  }), { numRuns: 1000 });
});

test("stamps follow the order of the numbers and are given once", () => {
  const rows = [row(3), row(1), row(2)];
  const first = stamped(rows, NOW, 0, "2026-11-24T08:00:00.000Z", () => null);
  assert.deepEqual(first.rows.map((one) => [one.seq, one.occurred_at]), [
    [1, "2026-11-24T08:00:00.001Z"],
    [2, "2026-11-24T08:00:00.002Z"],
    [3, "2026-11-24T08:00:00.003Z"],
  ]);
});

test("a reopen that counts what was marked since takes its close's stamp, given now or before", () => {
  const close: Draft = { command: { type: "CloseSession", session: KEY }, session_id: "s", since_seq: null };
  const reopen = (since_seq: number): Draft => ({
    command: { type: "ReopenSession", session: KEY, reason: "one more", effective_at: null },
    session_id: "s",
    since_seq,
  });
  const together = stamped([row(1, close), row(2), row(3, reopen(1))], NOW, 0, null, () => null).rows;
  assert.equal(together[2]?.since_at, together[0]?.occurred_at);
  const later = stamped([row(3, reopen(1))], NOW, 0, null, (seq) => (seq === 1 ? "2026-11-24T07:00:00.000Z" : null)).rows;
  assert.equal(later[0]?.since_at, "2026-11-24T07:00:00.000Z");
});

test("the server's time of a command is taken over", () => {
  const results = [{ index: 0, command_id: "id-000001", outcome: "accepted" as const, effect: "current", occurred_at: "2026-11-24T07:59:00.000Z" }];
  const [after] = answered(["id-000001"], [row(1)], { results, answered_at: "2026-11-24T08:00:01.000Z", number: 1, store: "a.1" });
  assert.equal(after?.occurred_at, "2026-11-24T07:59:00.000Z");
  assert.equal(after?.effect, "current");
});

test("an answer about another command changes nothing", () => {
  const results = [{ index: 0, command_id: "id-000002", outcome: "accepted" as const }, { index: 7, outcome: "accepted" as const }];
  assert.deepEqual(answered(["id-000001"], [row(1)], { results, answered_at: "", number: 1, store: "a.1" }), []);
});

test("only what was acknowledged more than 30 days ago has been kept for long enough", () => {
  const acknowledged_at = "2026-11-24T08:00:00.000Z";
  const old: OutboxRow = { ...row(1), state: "acknowledged", acknowledged_at };
  const days = (count: number): number => Date.parse(acknowledged_at) + count * 86_400_000;
  assert.ok(!isExpired(old, days(30)));
  assert.ok(isExpired(old, days(31)));
  assert.ok(!isExpired({ ...old, state: "queued" }, days(99)));
  assert.ok(!isExpired({ ...old, state: "attention" }, days(99)));
});
