import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { csvLines } from "../../src/office/csv.ts";
import { gridOf, sheetsOf } from "../../src/office/register-grid.ts";

test("cells come back as they were written, whatever is in them", () => {
  const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  // An apostrophe at the beginning is never written but before a formula.
  const cell = fc.string({ maxLength: 8, unit: fc.constantFrom("a", '"', ",", "\n", "\r\n", " ", "é") });
  const line = fc.array(cell, { minLength: 2, maxLength: 4 });
  fc.assert(fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), fc.boolean(), (lines, with_mark) => {
    const text = `${with_mark ? "\uFEFF" : ""}${lines.map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("")}`;
    assert.deepEqual(csvLines(text), lines);
  }));
});

test("what was kept from reckoning is what it was, and other apostrophes stay", () => {
  assert.deepEqual(csvLines("'=1+1,'tis\r\n"), [["=1+1", "'tis"]]);
  assert.deepEqual(csvLines("a,b"), [["a", "b"]]);
  assert.deepEqual(csvLines(""), []);
});

const FILE = "\uFEFFadmission_number,student,merged_into,2026-11-23 am,2026-11-23 pm MAT,2026-11-24\r\nA-0412,\"Mwangi, Wanjiku\",,P,L,–\r\n,Otieno,A-0412,A,E,\r\n";

test("each line is a student, each column a register with its day", () => {
  const grid = gridOf(FILE);
  assert.deepEqual(grid.columns, [{ date: "2026-11-23", about: "am" }, { date: "2026-11-23", about: "pm MAT" }, { date: "2026-11-24", about: "" }]);
  assert.deepEqual(grid.rows, [
    { admission_number: "A-0412", name: "Mwangi, Wanjiku", merged_into: "", cells: ["present", "late", "unmarked"] },
    { admission_number: "", name: "Otieno", merged_into: "A-0412", cells: ["absent", "excused", null] },
  ]);
  assert.equal(gridOf(FILE), grid);
});

test("sheets have every register once, in order, and keep those of a day together", () => {
  const sheets = sheetsOf(gridOf(FILE), 2);
  assert.deepEqual(sheets.map(({ columns }) => columns.map(({ date }) => date)), [["2026-11-23", "2026-11-23"], ["2026-11-24"]]);
  assert.deepEqual(sheets[1]?.rows.map(({ cells }) => cells), [["unmarked"], [null]]);
  assert.deepEqual(sheetsOf(gridOf(FILE), 1).map(({ columns }) => columns.length), [1, 1, 1], "a day of more registers than a sheet has");
  assert.deepEqual(sheetsOf({ columns: [], rows: [] }, 10), []);
});
