import assert from "node:assert/strict";
import { test } from "node:test";
import { coversOf } from "../../src/office/covers.ts";

const KELVIN = { id: "k", name: "Kelvin" };

test("the parts of a day stand together, days of their own apart, and the whole day contains its parts", () => {
  const cover = [
    { teacher: KELVIN, from: "2026-11-26", until: "2026-11-27", slot: "am" },
    { teacher: KELVIN, from: "2026-11-24", until: "2026-11-25", slot: "am" },
    { teacher: KELVIN, from: "2026-11-24", until: "2026-11-25", slot: "pm" },
    { teacher: { id: "z", name: null }, from: "2026-11-24", until: "2026-11-25", slot: "am" },
    { teacher: { id: "z", name: null }, from: "2026-11-24", until: "2026-11-25", slot: null },
  ];
  const said = coversOf({ cover }).map(({ teacher_id, from, slots }) => [teacher_id, from, slots]);
  assert.deepEqual(said, [["k", "2026-11-24", ["am", "pm"]], ["z", "2026-11-24", null], ["k", "2026-11-26", ["am"]]]);
  assert.deepEqual(coversOf({}), []);
});
