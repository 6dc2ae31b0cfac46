import assert from "node:assert/strict";
import { test } from "node:test";
import { classesOn, findPupils, schoolOf } from "../../src/office/school.ts";
import type { Roster } from "../../src/core/roster.ts";

const student = (id: string, name: string, admission_number: string | null, from: string, until: string | null) =>
  ({ id, sourced_id: id, name, admission_number, from, until, covers: [] });
const ROSTER: Roster = {
  school: { id: "s", code: "S", name: "School", time_zone: "Africa/Nairobi" },
  terms: [], subjects: [], slots: [], closed_days: [], staff: [], policy: { version: 1, edit_days: 14, reopen_minutes: 30 },
  classes: [
    { id: "c10", sourced_id: "c10", title: "Form 10", subject_id: null, term_ids: [], students: [student("a", "N'Dour Élodie", "A-7", "2026-09-01", "2026-11-01"), student("b", "Achieng Mary", "A-17", "2026-09-01", null)] },
    { id: "c2", sourced_id: "c2", title: "Form 2", subject_id: null, term_ids: [], students: [student("a", "N'Dour Élodie", "A-7", "2026-11-01", null)] },
  ],
};

test("students are found by parts of name and number, without accents or case, each once", () => {
  const school = schoolOf(ROSTER);
  assert.deepEqual(findPupils(school, "elodie", 8).map(({ id }) => id), ["a"]);
  assert.deepEqual(findPupils(school, "a-7", 8).map(({ id }) => id), ["a"]);
  assert.deepEqual(findPupils(school, "MARY ach", 8).map(({ id }) => id), ["b"]);
  assert.deepEqual(findPupils(school, "  ", 8), []);
  assert.equal(findPupils(school, "a", 1).length, 1);
});

test("somebody who moved is in one class a day, and classes stand in the order of their numbers", () => {
  const school = schoolOf(ROSTER);
  assert.equal(classesOn(school.pupils.get("a"), "2026-10-31"), "Form 10");
  assert.equal(classesOn(school.pupils.get("a"), "2026-11-01"), "Form 2");
  assert.deepEqual(school.classes.map(({ title }) => title), ["Form 2", "Form 10"]);
  assert.equal(schoolOf(ROSTER), school);
});
