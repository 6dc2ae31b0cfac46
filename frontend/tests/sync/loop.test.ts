import assert from "node:assert/strict";
import { test } from "node:test";
import { Loop } from "../../src/sync/loop.ts";
import { Backend } from "./backend.ts";
import { Device } from "./device.ts";

test("locks that fail put a run off, and do not end the synchronisation", async () => {
  const device = new Device(new Backend());
  const world = device.world();
  let asked = 0;
  let runs = 0;
  const loop = new Loop({
    lock: "sync",
    world: {
      ...world,
      ifFree: (lock, work) => (++asked === 1 ? Promise.reject(new DOMException("no locks", "InvalidStateError")) : world.ifFree(lock, work)),
    },
    now_ms: () => device.backend.now_ms,
    run: async () => {
      runs += 1;
      return { outcome: { kind: "done" }, undecided: false, again: false };
    },
    status: () => undefined,
    isTold: () => false,
    ended: () => undefined,
  });
  loop.poke("back");
  await device.pass(10_000);
  assert.equal(runs, 1);
  await loop.stop();
});
