import assert from "node:assert/strict";
import { test } from "node:test";
import type { Store } from "../../src/model.ts";
import { atRegister, KEY, PIN, signIn } from "../sync/at_register.ts";
import { Backend, STUDENTS } from "../sync/backend.ts";
import { Device } from "../sync/device.ts";

const [ACHIENG = "", BARASA = ""] = STUDENTS;

/** What was asked for of each transaction that may write to the outbox, while something is done. */
async function askedWhile(work: () => Promise<unknown>): Promise<readonly (IDBTransactionDurability | undefined)[]> {
  const asked: (IDBTransactionDurability | undefined)[] = [];
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...input: Parameters<typeof transaction>) {
    const [stores, mode, options] = input;
    const holds_outbox = typeof stores === "string" ? stores === "outbox" : [...stores].includes("outbox");
    if (mode === "readwrite" && holds_outbox) asked.push(options?.durability);
    return transaction.apply(this, input);
  };
  try {
    await work();
  } finally {
    IDBDatabase.prototype.transaction = transaction;
  }
  return asked;
}

/** Does it, and fails unless it wrote to the outbox, each time waiting for the disk. */
async function isStrict(what: string, work: () => Promise<unknown>): Promise<void> {
  const asked = await askedWhile(work);
  assert.ok(asked.length > 0, `${what}: writes to the outbox`);
  assert.deepEqual(asked.filter((durability) => durability !== "strict"), [], `${what}: waits for the disk`);
}

test("everything that may write to the outbox waits until it is on the disk: taps", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  const { actions } = store;
  device.goOnline(false);
  await isStrict("a mark", () => actions.mark(ACHIENG, "absent"));
  await isStrict("minutes late", () => actions.addMinutesLate(BARASA, 5));
  await isStrict("a mark taken away", () => actions.clearMark(ACHIENG));
  await isStrict("marking the rest", () => actions.markRestPresent());
  await isStrict("an undo", () => actions.undo());
  await isStrict("a close", () => actions.closeRegister());
  await isStrict("a reopening", () => actions.reopenRegister("One came late", true));
  await isStrict("a lesson that did not happen", () => actions.voidLesson("A funeral"));
  await isStrict("one that did", () => actions.restoreLesson("The other class had it"));
});

test("everything that may write to the outbox waits until it is on the disk: what the server says", async () => {
  const device = new Device(new Backend());
  const { backend } = device;
  const store = await atRegister(device);
  backend.fault = () => "no_network";
  await store.actions.mark(ACHIENG, "absent");
  await store.actions.mark(BARASA, "late");
  const [refused, taken] = [...(await made(store))];
  assert.ok(refused && taken);
  backend.refused.add(refused);
  backend.fault = () => "none";
  await isStrict("stamps, answers and what is read", async () => {
    await store.actions.sendNow();
    await device.pass(2_000);
  });
  assert.deepEqual(backend.log.map(({ command }) => command.command_id), [taken]);
  const [line] = store.state().sync.attention;
  assert.ok(line);
  await isStrict("one more try", () => store.actions.resend([line.seq]));
  await device.pass(2_000);
  assert.equal(store.state().sync.attention.length, 1);
  await isStrict("giving up", () => store.actions.discard([line.seq]));
  backend.restore(1);
  await isStrict("another store, which gets all again", () => device.pass(60_000));
  assert.deepEqual(backend.log.map(({ command }) => command.command_id), [taken]);
});

test("everything that may write to the outbox waits until it is on the disk: people, and a device that loses it", async () => {
  const device = new Device(new Backend());
  const store = await atRegister(device);
  device.goOnline(false);
  await store.actions.mark(ACHIENG, "absent");
  device.removeDatabases();
  await isStrict("a database that is filled again", async () => {
    await store.actions.mark(BARASA, "late");
    await device.settled();
  });
  assert.equal(store.state().sync.unsent, 2);
  device.goOnline(true);
  device.backend.fault = (path) => (path === "/commands" ? "busy" : "none");
  await isStrict("sealing", () => signIn(store, "kelvin", true));
  assert.equal(store.state().sealed, true);
  await isStrict("signing out, with work that stays", () => store.actions.signOut("keep"));
  const asked = await askedWhile(async () => {
    device.killAllTabs();
    const again = await device.tab();
    await again.actions.unlock(PIN);
    again.actions.go({ name: "register", key: KEY });
    await device.pass(60_000);
  });
  assert.deepEqual(asked.filter((durability) => durability !== "strict"), [], "the next start");
});

/** The ids of the commands that are not sent. */
async function made(store: Store): Promise<readonly string[]> {
  const { commands } = JSON.parse(await store.actions.exportUnsent()) as { commands: readonly { command: { command_id: string } }[] };
  return commands.map(({ command }) => command.command_id);
}
