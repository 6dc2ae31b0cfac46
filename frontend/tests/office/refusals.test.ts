import assert from "node:assert/strict";
import { test } from "node:test";
import { problemOfRefusal, refusedCommand } from "../../src/office/refusals.ts";
import type { components } from "../../src/api/query-api.d.ts";

function refusal(command: string | null): components["schemas"]["RefusalItem"] {
  return { id: "x", type: "/problems/not-enrolled", detail: "Not on the roll.", actor: { id: "k", name: "Kelvin" }, refused_at: "2026-11-24T05:00:00.000Z", command };
}

test("a refused command says its register and student, as far as it can be read", () => {
  const session = { class_id: "c", date: "2026-11-24", slot: "am" };
  assert.deepEqual(refusedCommand(refusal(JSON.stringify({ session, student_id: "a" }))), { key: { ...session, subject_id: null }, student_id: "a", class_id: "c" });
  assert.deepEqual(refusedCommand(refusal(JSON.stringify({ class_id: "c", student_id: "a" }))), { key: null, student_id: "a", class_id: "c" });
  const nothing = { key: null, student_id: null, class_id: null };
  for (const text of [null, "", "[]", "3", '{"session":{"class_id":"c"', '{"session":{"class_id":1,"date":"2026-11-24"}}', '{"session":{"class_id":"c","date":"2026-13-99"}}']) {
    assert.deepEqual(refusedCommand(refusal(text)), nothing, String(text));
  }
});

test("why it was refused is told by the problem's name", () => {
  assert.deepEqual(problemOfRefusal(refusal(null)), { slug: "not-enrolled", title: "", detail: "Not on the roll." });
});
