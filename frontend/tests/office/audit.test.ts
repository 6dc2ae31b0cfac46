/** What an auditor asks, and what of the answers is shown. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { components } from "../../src/api/query-api.d.ts";
import { aboutOf, choose, isVerification, lookOf, searchParameters, type EventItem } from "../../src/office/audit.ts";

const REGISTER = "ceee0c6e-8227-5e5c-bbef-c9d909a515ec";

function event(stream: components["schemas"]["EventStream"], payload: unknown): EventItem {
  const at = "2026-11-24T05:00:00.000Z";
  return {
    position: "1-1-1", stream, sequence: 1, type: "attendance_marked", version: "1", payload: { attendance_marked: payload } as unknown as EventItem["payload"], metadata: {}, command_id: "c",
    actor: { id: "k", name: "Kelvin" }, occurred_at: at, raw_occurred_at: at, recorded_at: at, recorded_at_micros: 1, flags: [], hash: "00",
  };
}

test("nothing is searched until something is chosen, and what is no filter chooses nothing", () => {
  assert.equal(searchParameters({}, "Africa/Nairobi"), null);
  assert.equal(searchParameters({ class_id: "", other: "x" }, "Africa/Nairobi"), null);
});

test("days of the search are the school's, the last one to its end", () => {
  const { recorded_from, recorded_to } = searchParameters({ from: "2026-11-23", to: "2026-11-24" }, "Africa/Nairobi") ?? {};
  assert.deepEqual([recorded_from, recorded_to], ["2026-11-22T21:00:00.000Z", "2026-11-24T21:00:00.000Z"]);
  const wrong = searchParameters({ type: "policy_set", from: "yesterday", to: "2026-99-99" }, "Africa/Nairobi");
  assert.deepEqual([wrong?.["recorded_from"], wrong?.["recorded_to"], wrong?.["type"]], [null, null, "policy_set"]);
});

test("a student and a class are never searched at once", () => {
  assert.deepEqual(choose("student_id", "a"), { student_id: "a", class_id: null });
  assert.deepEqual(choose("class_id", "c"), { class_id: "c", student_id: null });
  assert.deepEqual(choose("class_id", ""), { class_id: "" });
  assert.deepEqual(choose("actor", "k"), { actor: "k" });
  const both = searchParameters({ class_id: "c", student_id: "a" }, "UTC");
  assert.deepEqual([both?.["class_id"], both?.["student_id"]], [null, "a"]);
});

test("an event of a register says its register, class, day, student and status", () => {
  const session = { class_id: "c", date: "2026-11-24", slot: "am" };
  const marked = event({ type: "attendance_session", id: REGISTER }, { session, student_id: "a", status: "absent" });
  assert.deepEqual(aboutOf(marked), { register_id: REGISTER, class_id: "c", student_id: "a", date: "2026-11-24", status: "absent" });
});

test("an event of a class's roll says its class, and what says nothing is about nothing", () => {
  assert.deepEqual(aboutOf(event({ type: "class_roll", id: "c" }, { student_id: "a" })), { register_id: null, class_id: "c", student_id: "a", date: null, status: null });
  assert.deepEqual(aboutOf(event({ type: "school_policy", id: "p" }, null)), { register_id: null, class_id: null, student_id: null, date: null, status: null });
  const other = { ...event({ type: "school_policy", id: "p" }, { student_id: "a" }), type: "policy_set" };
  assert.equal(aboutOf(other).student_id, null, "content of another type");
});

test("a look says what was looked at, and of whom", () => {
  const by = { id: "w", name: "Wanjiku" };
  const look = (endpoint: string, parameters = ""): ReturnType<typeof lookOf> => lookOf({ at: "2026-11-24T05:00:00.000Z", by, role: "admin", endpoint, parameters });
  assert.deepEqual(look("/sessions/{id}", `id=${REGISTER}`), { what: "register", register_id: REGISTER, class_id: null, student_id: null });
  assert.deepEqual(look("/audit/sessions/{id}/history", `id=${REGISTER}`), { what: "history", register_id: REGISTER, class_id: null, student_id: null });
  assert.deepEqual(look("/reports/student-rate", "student_id=a&from=2026-11-02"), { what: "reports", register_id: null, class_id: null, student_id: "a" });
  const kinds = ["/sessions", "/records", "/exports/records.csv", "/exceptions", "/refusals", "/roster", "/audit/access-log", "/audit/events", "/new"].map((endpoint) => look(endpoint).what);
  assert.deepEqual(kinds, ["registers", "records", "records", "exceptions", "refusals", "roster", "access", "history", "other"]);
});

test("what does not say whether everything fits is no verification", () => {
  assert.ok(isVerification({ fits: true, events: 3, streams: 1, pending: 0, checkpoints: 0, logs: [{ origin: "o", size: 3, root_hash: "" }] }));
  for (const body of [null, "", {}, { fits: "yes", events: 3, logs: [] }, { fits: true, events: 3, logs: [1] }]) assert.ok(!isVerification(body));
});
