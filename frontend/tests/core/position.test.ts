import assert from "node:assert/strict";
import { test } from "node:test";
import { BEGINNING, laterPosition } from "../../src/core/position.ts";

test("positions are compared part by part, as hexadecimal numbers", () => {
  assert.equal(laterPosition("1-9-1", "1-a-0"), "1-a-0");
  assert.equal(laterPosition("1-ff-1", "1-100-1"), "1-100-1");
  assert.equal(laterPosition("2-1-1", "1-ffffffffffffffff-1"), "2-1-1");
  assert.equal(laterPosition("1-a-2", "1-a-10"), "1-a-10");
  assert.equal(laterPosition("1-a-2", "1-a-2"), "1-a-2");
  assert.equal(laterPosition(BEGINNING, "0-0-1"), "0-0-1");
});

test("no position is before every other", () => {
  assert.equal(laterPosition(null, "1-1-1"), "1-1-1");
  assert.equal(laterPosition("1-1-1", null), "1-1-1");
  assert.equal(laterPosition(null, null), null);
});
