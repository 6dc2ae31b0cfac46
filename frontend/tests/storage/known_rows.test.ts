import assert from "node:assert/strict";
import { test } from "node:test";
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import fc from "fast-check";
import type { Draft } from "../../src/core/command.ts";
import { newLedger } from "../../src/core/desk.ts";
import { unreflectedBy } from "../../src/core/rows.ts";
import { PersonStore } from "../../src/storage/person.ts";

const KEY = { class_id: "c", date: "2026-11-24", subject_id: null, slot: null };
const NOW = { wall_ms: Date.parse("2026-11-24T08:00:00Z"), steady_ms: 0, life: 1 };
const OUTCOMES = ["accepted", "rejected", "retry"] as const;

/** What a tab may do, with a number that says to what. */
const DEEDS = ["make", "make", "stamp", "answer", "answer", "resend", "discard", "other_store", "reflect", "sweep"] as const;
const deeds = fc.array(fc.record({ tab: fc.nat(1), deed: fc.constantFrom(...DEEDS), which: fc.nat(8) }), { maxLength: 25 });

function tab(): PersonStore {
  return new PersonStore("kelvin", () => newLedger("device"), { blocked: () => undefined, outdated: () => undefined });
}

function mark(register: number): Draft {
  const command = { type: "MarkAttendance", session: KEY, student_id: "s", status: "present", minutes_late: null, remarks: null } as const;
  return { command, session_id: `register-${register}`, since_seq: null };
}

async function act(store: PersonStore, deed: (typeof DEEDS)[number], which: number): Promise<unknown> {
  const unsent = await store.unsent();
  switch (deed) {
    case "make":
      return store.record([mark(which), mark(which + 1)], { ...NOW, offset_ms: null }, (last) => String(Number(last ?? "0") + 1).padStart(6, "0"));
    case "stamp":
      return store.stamp(NOW, 0);
    case "answer": {
      const sent = unsent.filter((row) => row.state === "queued").slice(0, which).map((row) => row.command_id);
      const results = sent.map((command_id, index) => ({ index, command_id, outcome: OUTCOMES[(index + which) % 3] ?? "retry" }));
      return store.acknowledge(sent, { results, answered_at: "2026-11-24T08:00:01.000Z", store: "a.1" }, null);
    }
    case "resend":
    case "discard": {
      const refused = unsent.filter((row) => row.state === "attention");
      const row = refused[which % Math.max(1, refused.length)];
      return row && store[deed]([row.seq]);
    }
    case "other_store":
      return store.meet(`a.${which}`);
    case "reflect":
      return store.keepRegisters([], { reflected: (await store.ledger()).answers });
    case "sweep":
      return store.sweep(NOW.wall_ms + 31 * 86_400_000, "2026-11-01");
  }
}

async function said(store: PersonStore): Promise<unknown> {
  const desk = await store.read(() => ({ date: null, session_id: null }));
  const unreflected = [...unreflectedBy(desk.rows, desk.ledger.reflected)].map(([id, rows]) => [id, [...rows].sort((a, b) => a.seq - b.seq)]);
  return { unsent: await store.unsent(), unreflected: unreflected.sort() };
}

test("a tab that reads only what has changed knows what one knows that reads all", { timeout: 120_000 }, async () => {
  await fc.assert(fc.asyncProperty(deeds, async (course) => {
    globalThis.indexedDB = new IDBFactory();
    const tabs = [tab(), tab()] as const;
    for (const { tab: at, deed, which } of course) {
      await act(tabs[at === 0 ? 0 : 1], deed, which);
      const whole = await said(tab());
      for (const one of tabs) assert.deepEqual(await said(one), whole);
    }
  }), { numRuns: 150 });
});
