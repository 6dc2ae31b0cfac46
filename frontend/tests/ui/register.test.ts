import assert from "node:assert/strict";
import { test } from "node:test";
import { countsAs, type RegisterRow } from "../../src/model.ts";
import { NO_FILTER } from "../../src/ui/routing.ts";
import { guessMinutesLate } from "../../src/ui/screens/register/minutes.ts";
import { matching, shownRows } from "../../src/ui/screens/register/shown.ts";
import { stateOf } from "../fixtures/school.ts";

const rows = stateOf({ language: "en", theme: "system", students: 24, names: "plain", mood: "calm" }).register?.rows ?? [];
const names = (shown: readonly RegisterRow[]): string[] => shown.map((row) => row.name);
const find = (search: string): string[] => names(shownRows(rows, { show: null, search }, new Set()));

test("a name is found by the beginnings of its words, without accents, in any order", () => {
  assert.deepEqual(find("elodie").slice(0, 1), ["N'Dour Élodie"]);
  assert.deepEqual(find("dour")[0], "N'Dour Élodie");
  assert.deepEqual(find("mary ach")[0], "Achieng Mary");
  assert.deepEqual(find("chieng"), []);
  assert.equal(find("يوسف").length, 3);
});

test("a student is found by the number", () => {
  assert.deepEqual(find("016"), ["Chebet Faith"]);
});

test("a row that was just marked stays in the filter it was found by", () => {
  const filter = { show: "unmarked" as const, search: "" };
  const pinned = matching(rows, filter);
  const marked = rows.map((row): RegisterRow => ({ ...row, status: "present" }));
  assert.equal(shownRows(marked, filter, pinned).length, pinned.size);
  assert.equal(shownRows(marked, filter, new Set()).length, 0);
  assert.equal(shownRows(marked, NO_FILTER, new Set()), marked);
});

test("absent under an approved exception counts as excused, anything else as it is", () => {
  const [row] = rows;
  assert.ok(row);
  const covered = { category: "medical", to: "2026-11-25" };
  assert.equal(countsAs({ ...row, status: "absent", covered }), "excused");
  assert.equal(countsAs({ ...row, status: "present", covered }), "present");
  assert.equal(countsAs({ ...row, status: "absent", covered: null }), "absent");
});

test("how late is guessed from the slot, and not guessed when the guess would be no good", () => {
  const start = "2026-11-24T05:00:00.000Z";
  const after = (minutes: number): Date => new Date(Date.parse(start) + minutes * 60_000);
  assert.equal(guessMinutesLate(start, after(7.9)), 7);
  assert.equal(guessMinutesLate(start, after(0)), 0);
  assert.equal(guessMinutesLate(start, after(61)), null);
  assert.equal(guessMinutesLate(start, after(-1)), null);
  assert.equal(guessMinutesLate(null, after(7)), null);
});
