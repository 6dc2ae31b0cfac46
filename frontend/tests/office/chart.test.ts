import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { chartOf } from "../../src/office/chart.ts";

test("the field begins at the full ten below the lowest value, and a period without a value is a gap", () => {
  const { lines, floor } = chartOf([95, null, 90, 100]);
  assert.equal(floor, 90);
  assert.deepEqual(lines, [[{ x: 0, y: 50 }], [{ x: (2 / 3) * 100, y: 100 }, { x: 100, y: 0 }]]);
});

test("every value stands in the field, in the order of the periods", () => {
  fc.assert(fc.property(fc.array(fc.option(fc.double({ min: 0, max: 100, noNaN: true }))), (values) => {
    const points = chartOf(values).lines.flat();
    assert.equal(points.length, values.filter((value) => value !== null).length);
    for (const { x, y } of points) assert.ok(x >= 0 && x <= 100 && y >= -1e-9 && y <= 100 + 1e-9);
    assert.deepEqual(points.map(({ x }) => x), points.map(({ x }) => x).sort((a, b) => a - b));
  }));
});
