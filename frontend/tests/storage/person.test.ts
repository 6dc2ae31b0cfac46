import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { openDB, type DBSchema } from "idb";
import type { Draft } from "../../src/core/command.ts";
import { newLedger } from "../../src/core/desk.ts";
import type { Snapshot } from "../../src/core/snapshot.ts";
import { Connection, type ConnectionEvents } from "../../src/storage/connection.ts";
import { DeviceStore } from "../../src/storage/device.ts";
import { PersonStore } from "../../src/storage/person.ts";
import { personDatabase, PERSON_VERSION } from "../../src/storage/schema.ts";

const QUIET: ConnectionEvents = { blocked: () => undefined, outdated: () => undefined };
const KEY = { class_id: "c", date: "2026-11-24", subject_id: null, slot: null };
const NOW = { wall_ms: Date.parse("2026-11-24T08:00:00Z"), steady_ms: 0, life: 1 };
const TAPPED = { ...NOW, offset_ms: null };
interface TwoStores extends DBSchema {
  outbox: { key: number; value: string };
  more: { key: number; value: string };
}

const NOWHERE = { date: null, session_id: null };

function mark(student_id: string, session_id = "s"): Draft {
  const command = { type: "MarkAttendance", session: KEY, student_id, status: "present", minutes_late: null, remarks: null } as const;
  return { command, session_id, since_seq: null };
}

function store(events: ConnectionEvents = QUIET): PersonStore {
  return new PersonStore("kelvin", () => newLedger("device"), events);
}

/** Ids that count up; those of tests need no time in them. */
function count(last: string | null): string {
  return String(Number(last ?? "0") + 1).padStart(4, "0");
}

function accept(ids: readonly string[], from = "a.1"): Parameters<PersonStore["acknowledge"]> {
  const results = ids.map((command_id, index) => ({ index, command_id, outcome: "accepted" as const, effect: "current" }));
  return [ids, { results, answered_at: "2026-11-24T08:00:01.000Z", store: from }, "1-0-1"];
}

function snapshot(session_id: string, date: string): Snapshot {
  return { session_id, key: { ...KEY, date }, date, status: "open", void: false, closed_at: null, closed_by: null, entries: [], names: [], fetched_at: "" };
}

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

test("commands get numbers and ids in the order of the taps, also from two tabs at once", async () => {
  const [one, two] = [store(), store()];
  await Promise.all([one.record([mark("a"), mark("b")], TAPPED, count), two.record([mark("c")], TAPPED, count), one.record([mark("d")], TAPPED, count)]);
  const rows = await one.queued();
  assert.deepEqual(rows.map((row) => row.seq), [1, 2, 3, 4]);
  assert.deepEqual(rows.map((row) => row.command_id), ["0001", "0002", "0003", "0004"]);
});

test("commands are saved all or none, and a failure gives no number away", async () => {
  const device = store();
  let made = 0;
  const same = (): string => (++made === 1 ? "0001" : "0001");
  await assert.rejects(device.record([mark("a"), mark("b")], TAPPED, same), { name: "ConstraintError" });
  assert.deepEqual(await device.queued(), []);
  const [row] = await device.record([mark("c")], TAPPED, count);
  assert.equal(row?.seq, 1);
});

test("nothing is saved before the transaction is complete", async () => {
  const device = store();
  await device.begin();
  const { put } = IDBObjectStore.prototype;
  const { commit } = IDBTransaction.prototype;
  IDBTransaction.prototype.commit = () => undefined;
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...input) {
    const request = put.apply(this, input);
    // A full device takes everything back after the requests have succeeded.
    request.addEventListener("success", () => this.transaction.abort());
    return request;
  };
  try {
    await assert.rejects(device.record([mark("a")], TAPPED, count));
  } finally {
    IDBObjectStore.prototype.put = put;
    IDBTransaction.prototype.commit = commit;
  }
  assert.deepEqual(await device.queued(), []);
});

test("a connection that was lost behind the app's back is opened again once", async () => {
  const device = store();
  await device.record([mark("a")], TAPPED, count);
  const connection = await (device as unknown as { connection: { database(): Promise<IDBDatabase> } }).connection.database();
  connection.close();
  await device.record([mark("b")], TAPPED, count);
  assert.equal((await device.queued()).length, 2);
});

test("an old tab lets go of its database when a newer version comes, and says so", async () => {
  let outdated = 0;
  const old = store({ ...QUIET, outdated: () => ++outdated });
  await old.record([mark("a")], TAPPED, count);
  const newer = await openDB(personDatabase("kelvin"), PERSON_VERSION + 1, { upgrade: (database) => void database.createObjectStore("more") });
  assert.equal(outdated, 1);
  assert.equal(await newer.count("outbox"), 1, "the outbox is as it was");
  newer.close();
  await assert.rejects(old.queued(), { name: "AbortError" });
});

test("a tab that does not let go is told of, and waited for", async () => {
  const stubborn = await openDB("muster-upgraded", 1, { upgrade: (database) => void database.createObjectStore("outbox") });
  let blocked = 0;
  const events = {
    ...QUIET,
    blocked: () => {
      blocked += 1;
      stubborn.close();
    },
  };
  const upgraded = new Connection<TwoStores>({ name: "muster-upgraded", version: 2, upgrade: (database) => void database.createObjectStore("more"), events });
  assert.deepEqual(await upgraded.use(async (database) => [...database.objectStoreNames]), ["more", "outbox"]);
  assert.equal(blocked, 1);
});

test("stamps are given once and never again", async () => {
  const device = store();
  await device.record([mark("a")], TAPPED, count);
  await device.stamp(NOW, 1_000);
  await device.record([mark("b")], TAPPED, count);
  await device.stamp(NOW, 99_000);
  const stamps = (await device.queued()).map((row) => row.occurred_at);
  assert.deepEqual(stamps, ["2026-11-24T08:00:01.000Z", "2026-11-24T08:01:39.000Z"]);
});

test("an answer is applied as a whole, and what it says is what is read", async () => {
  const device = store();
  await device.record([mark("a"), mark("b", "t")], TAPPED, count);
  await device.acknowledge(...accept(["0001", "0002"]));
  assert.deepEqual(await device.queued(), []);
  assert.deepEqual(await device.unreflectedRegisters(), ["s", "t"]);
  await device.keepRegisters([snapshot("s", KEY.date)], { reflected: 1 });
  assert.deepEqual(await device.unreflectedRegisters(), []);
  const desk = await device.read(() => ({ date: KEY.date, session_id: null }));
  assert.equal(desk.ledger.position, "1-0-1");
  assert.deepEqual([...desk.snapshots.keys()], ["s"]);
  assert.equal(desk.rows.get(1)?.state, "acknowledged");
});

test("an answer about older commands does not take back how much the next reading must contain", async () => {
  const device = store();
  await device.record([mark("a"), mark("b"), mark("c")], TAPPED, count);
  const [, answer] = accept(["0001"]);
  await device.acknowledge(["0001"], answer, "1-1f-2");
  await device.acknowledge(["0002"], answer, "1-9-3");
  assert.equal((await device.ledger()).position, "1-1f-2");
  await device.acknowledge(["0003"], answer, "1-20-1");
  assert.equal((await device.ledger()).position, "1-20-1");
});

test("after a sweep the device does not claim to know the days that were swept", async () => {
  const device = store();
  await device.keepRegisters([snapshot("old", "2026-11-20")], { read_from: "2026-11-10" });
  await device.sweep(NOW.wall_ms, "2026-11-24");
  assert.equal((await device.ledger()).read_from, "2026-11-24");
  await device.sweep(NOW.wall_ms, "2026-11-01");
  assert.equal((await device.ledger()).read_from, "2026-11-24");
});

test("another store gets everything that was acknowledged again, the same store nothing", async () => {
  const device = store();
  await device.meet("a.1");
  await device.record([mark("a"), mark("b")], TAPPED, count);
  await device.acknowledge(...accept(["0001"]));
  assert.equal(await device.meet("a.1"), false);
  assert.equal((await device.queued()).length, 1);
  assert.equal(await device.meet("a.2"), true);
  assert.deepEqual((await device.queued()).map((row) => row.command_id), ["0001", "0002"]);
  assert.equal((await device.ledger()).position, null);
});

test("only a refused command can be resent or discarded", async () => {
  const device = store();
  await device.record([mark("a"), mark("b"), mark("c")], TAPPED, count);
  const states = async (): Promise<unknown> => (await device.unsent()).map((row) => [row.seq, row.state]);
  const results = [0, 2].map((index) => ({ index, command_id: `000${index + 1}`, outcome: "rejected" as const }));
  await device.acknowledge(["0001", "0002", "0003"], { results, answered_at: "", store: "a.1" }, null);
  await device.discard([2]);
  assert.deepEqual(await states(), [[1, "attention"], [2, "queued"], [3, "attention"]]);
  await device.resend([1]);
  await device.discard([1, 2, 3]);
  assert.deepEqual(await states(), [[1, "queued"], [2, "queued"]]);
});

test("the sweep removes old registers and what was acknowledged long ago, never what was not", async () => {
  const device = store();
  await device.record([mark("a"), mark("b")], TAPPED, count);
  await device.acknowledge(...accept(["0001"]));
  await device.keepRegisters([snapshot("old", "2026-10-01"), snapshot("s", KEY.date)], { reflected: 1 });
  await device.sweep(NOW.wall_ms + 31 * 86_400_000, "2026-11-01");
  assert.deepEqual((await device.unsent()).map((row) => row.seq), [2]);
  const desk = await device.read(() => ({ date: "2026-10-01", session_id: "s" }));
  assert.deepEqual([...desk.snapshots.keys()], ["s"]);
  assert.equal(desk.rows.get(1), undefined);
});

test("forgetting names and registers leaves the outbox", async () => {
  const device = store();
  await device.record([mark("a")], TAPPED, count);
  await device.keepRegisters([snapshot("s", KEY.date)], { read_to: "1-0-9" });
  await device.forgetReadings();
  assert.equal((await device.queued()).length, 1);
  assert.equal((await device.ledger()).read_to, null);
  assert.equal((await device.read(() => ({ date: KEY.date, session_id: null }))).snapshots.size, 0);
});

test("a database is new once", async () => {
  assert.equal(await store().begin(), true);
  await store().record([mark("a")], TAPPED, count);
  assert.equal(await store().begin(), false);
});

test("the desk holds all unsent commands, however many", async () => {
  const device = store();
  await device.record(Array.from({ length: 1_000 }, (_, index) => mark(`student-${index}`)), TAPPED, count);
  const desk = await device.read(() => NOWHERE);
  assert.equal([...desk.rows.values()].length, 1_000);
});

test("a device remembers who is signed in until they sign out, and then that the server must be told", async () => {
  const device = new DeviceStore(QUIET);
  const person = { id: "kelvin", name: "Kelvin", role: "teacher", school_id: "s" } as const;
  await device.signIn({ person, school_code: "STAREHE", shared_device: true });
  assert.equal((await new DeviceStore(QUIET).signedIn())?.person.id, "kelvin");
  assert.equal(await device.hasSignOutToTell(), false);
  await device.signOut("2026-11-24T08:00:00.000Z");
  assert.equal(await device.signedIn(), null);
  assert.equal(await device.hasSignOutToTell(), true);
  await device.signOutTold();
  assert.equal(await device.hasSignOutToTell(), false);
});
