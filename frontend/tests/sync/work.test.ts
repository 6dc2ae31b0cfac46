import assert from "node:assert/strict";
import { test } from "node:test";
import { newLedger } from "../../src/core/desk.ts";
import { PersonStore } from "../../src/storage/person.ts";
import type { Shown } from "../../src/storage/reading.ts";
import { Work } from "../../src/store/work.ts";
import { Backend } from "./backend.ts";
import { Device } from "./device.ts";

test("a wish to read that comes with the news of a reading is heard", async () => {
  const device = new Device(new Backend());
  let shown: Shown = { date: null, session_id: null };
  let news = (): void => undefined;
  const work = new Work({
    person: { id: "kelvin", name: "Kelvin", role: "teacher", school_id: "s" },
    token: null,
    world: device.world(),
    send: async () => ({ kind: "unreachable" }),
    store: new PersonStore("kelvin", () => newLedger("d"), { blocked: () => undefined, outdated: () => undefined }),
    shown: () => shown,
    changed: () => news(),
    status: () => undefined,
    sending: () => undefined,
  });
  await work.open();
  const key = { class_id: "c", date: "2026-11-23", subject_id: null, slot: null };
  await work.store.keepRegisters([{
    session_id: "yesterday", key, date: key.date, status: "open", void: false, closed_at: null, closed_by: null,
    entries: [], names: [], fetched_at: "",
  }], {});
  news = () => {
    news = () => undefined;
    shown = { date: key.date, session_id: null };
    void work.read();
  };
  await work.read();
  await device.settled();
  assert.deepEqual([...(work.desk()?.snapshots.keys() ?? [])], ["yesterday"]);
  await work.close();
});
