import assert from "node:assert/strict";
import { test } from "node:test";
import type { KeptReading } from "../../src/office/model.ts";
import { Readings } from "../../src/office/readings.ts";
import type { SignedReply } from "../../src/sync/sign_in.ts";

interface List {
  readonly items: readonly string[];
  readonly next_cursor?: string | null;
}

const isList = (body: unknown): body is List => typeof body === "object" && body !== null && "items" in body;
const UNREACHABLE: SignedReply = { kind: "unreachable" };

/** A server that answers what it is told to, and notes what it was asked. */
function desk(kept: readonly KeptReading[] = []) {
  const asked: string[] = [];
  const state = { answers: [] as SignedReply[], kept: [...kept], later: [] as (() => void)[] };
  const readings = new Readings({
    ask: async ({ path }) => {
      asked.push(path);
      return state.answers.shift() ?? UNREACHABLE;
    },
    keptReadings: async () => state.kept,
    keepReadings: async (all) => void (state.kept = [...all]),
    now: () => "2026-11-24T05:00:00.000Z",
    changed: () => undefined,
    later: (_wait_ms, work) => void state.later.push(work),
  });
  const get = (mark = "1", answers = 0) => readings.get("/list", { mark, answers }, isList);
  return { asked, state, readings, get };
}

const ok = (body: unknown): SignedReply => ({ kind: "ok", status: 200, body, etag: null, store: "s.1" });
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test("what a screen needs is asked for once, and again when it has become old", async () => {
  const { asked, state, get } = desk();
  state.answers.push(ok({ items: ["a"] }), ok({ items: ["a", "b"] }));
  assert.equal(get().body, null);
  get();
  await settled();
  assert.deepEqual(get().body?.items, ["a"]);
  assert.equal(asked.length, 1);
  assert.deepEqual(get("2").body?.items, ["a"], "the old stays in sight meanwhile");
  await settled();
  assert.deepEqual(get("2").body?.items, ["a", "b"]);
});

test("what this device has sent makes everything old, and the answer says how much of it it contains", async () => {
  const { state, get } = desk();
  state.answers.push(ok({ items: ["a"] }), ok({ items: ["b"] }));
  get("1", 4);
  await settled();
  assert.equal(get("1", 4).answers, 4);
  get("1", 5);
  await settled();
  assert.deepEqual([get("1", 5).answers, get("1", 5).body?.items], [5, ["b"]]);
});

test("without a network the last answer stays, with its age and what went wrong, and nobody asks for ever", async () => {
  const { asked, state, readings, get } = desk();
  state.answers.push(ok({ items: ["a"] }));
  get();
  await settled();
  get("2");
  await settled();
  const failed = get("2");
  assert.deepEqual([failed.body?.items, failed.at, failed.problem?.slug], [["a"], "2026-11-24T05:00:00.000Z", "unreachable"]);
  await settled();
  assert.equal(asked.length, 2);
  state.answers.push(ok({ items: ["b"] }));
  readings.again("/list");
  get("2");
  await settled();
  assert.deepEqual([get("2").body?.items, get("2").problem], [["b"], null]);
});

test("an answer that is no list of this kind counts as none", async () => {
  const { state, get } = desk();
  state.answers.push(ok("<html>"));
  get();
  await settled();
  assert.deepEqual([get().body, get().problem?.slug], [null, "unreachable"]);
});

test("a server that asks to wait is asked again when it said", async () => {
  const { state, get, asked } = desk();
  state.answers.push({ kind: "problem", status: 503, problem: { slug: "not-current", title: "", detail: null }, wait_ms: 1000, store: "s.1" }, ok({ items: ["a"] }));
  get();
  await settled();
  assert.equal(state.later.length, 1);
  state.later[0]?.();
  get();
  await settled();
  assert.equal(asked.length, 2);
  assert.deepEqual(get().body?.items, ["a"]);
});

test("more of a list is read page by page and shown as one", async () => {
  const { asked, state, readings, get } = desk();
  state.answers.push(ok({ items: ["a"], next_cursor: "c1" }), ok({ items: ["a"], next_cursor: "c1" }), ok({ items: ["b"], next_cursor: null }));
  get();
  await settled();
  readings.more("/list");
  get();
  await settled();
  assert.deepEqual([get().body?.items, get().body?.next_cursor], [["a", "b"], null]);
  assert.deepEqual(asked, ["/list", "/list", "/list?cursor=c1"]);
});

test("what was read before the page was loaded is there without a network", async () => {
  const { get } = desk([{ path: "/list", body: { items: ["kept"] }, at: "2026-11-23T05:00:00.000Z", answers: 2 }]);
  get();
  await settled();
  const { body, at, answers, problem } = get();
  assert.deepEqual([body?.items, at, answers, problem?.slug], [["kept"], "2026-11-23T05:00:00.000Z", 2, "unreachable"]);
});
