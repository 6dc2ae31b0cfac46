import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { nextCommandId, RANDOM_BYTES } from "../../src/core/command_id.ts";
import { normalKey, sessionId } from "../../src/core/natural_id.ts";
import { sha1 } from "../../src/core/sha1.ts";

test("the digest is the one every other implementation computes", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
    const expected = createHash("sha1").update(message).digest("hex");
    assert.equal(Buffer.from(sha1(message)).toString("hex"), expected);
  }), { numRuns: 400 });
});

test("ids of registers are those of the contract", () => {
  const school_id = "b987390a-ec7e-53f2-b891-f0e9ad84cbb8";
  const class_id = "21d01924-32d0-57ec-93b8-807238824e08";
  const key = { class_id, date: "2026-11-24", subject_id: null, slot: null };
  assert.equal(sessionId(school_id, key), "ceee0c6e-8227-5e5c-bbef-c9d909a515ec");
  assert.equal(sessionId(school_id, { ...key, slot: "am" }), "b4980801-995a-595d-86a3-ef10448a43a0");
});

test("the class's only subject names the same register as none", () => {
  const key = { class_id: "c", date: "2026-11-24", subject_id: "maths", slot: null };
  assert.equal(normalKey(key, "maths").subject_id, null);
  assert.equal(normalKey(key, "music").subject_id, "maths");
  assert.equal(normalKey(key, null).subject_id, "maths");
});

test("command ids strictly increase, whatever the clock does", () => {
  const clock = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 ** 47 }), fc.uint8Array({ minLength: RANDOM_BYTES, maxLength: RANDOM_BYTES })), { maxLength: 60 });
  fc.assert(fc.property(clock, (moments) => {
    let last: string | null = null;
    for (const [now_ms, random] of moments) {
      const id: string = nextCommandId(last, now_ms, random);
      assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      if (last !== null) assert.ok(id > last, `${id} after ${last}`);
      last = id;
    }
  }));
});

test("a command id tells its time while the clock goes on, and keeps it when the clock goes back", () => {
  const random = new Uint8Array(RANDOM_BYTES).fill(255);
  const first = nextCommandId(null, 0x0192_0000_0000, random);
  assert.ok(first.startsWith("01920000-0000-7"));
  assert.ok(nextCommandId(first, 5, random).startsWith("01920000-0000-7"));
  assert.ok(nextCommandId(first, 0x0192_0000_0001, random).startsWith("01920000-0001-7"));
});

test("from one id to the next it is a random step that takes four bytes, later or at the same time", () => {
  const last = "01920000-0000-7123-8000-0000ffffffff";
  const random = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 9, 9, 9, 9, 9, 9);
  assert.equal(nextCommandId(last, 0, random), "01920000-0000-7123-8000-0001ffffffff");
  assert.equal(nextCommandId(last, 0x0192_0000_0001, random), "01920000-0001-7123-8000-0001ffffffff");
  assert.equal(nextCommandId(last, 0, new Uint8Array(RANDOM_BYTES)), "01920000-0000-7123-8000-000100000000");
});

test("an id with nothing left to count up moves to the next millisecond", () => {
  const full = "01920000-0000-7fff-bfff-ffffffffffff";
  assert.ok(nextCommandId(full, 0, new Uint8Array(RANDOM_BYTES)).startsWith("01920000-0001-7"));
});
