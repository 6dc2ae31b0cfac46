/** From the tap to the disk, and to the screen. */

import type { Page } from "playwright-core";
import type { Phone } from "../tests/system/phone.ts";
import { SAMPLES } from "./desk.ts";

/** What was measured of taps, in milliseconds. */
export interface Taps {
  /** Until the transaction with the command was complete, strictly durable. */
  readonly durable: readonly number[];
  /** Until the next frame was painted. */
  readonly paint: readonly number[];
  /** Until the first frame after that was painted, which says that the mark is on this device. */
  readonly told: readonly number[];
}

/** Between two taps everything comes to rest. */
const REST_MS = 60;
/** The first taps are not counted. */
const WARM_UP = 10;

/** Watches the transactions that write commands; before the page is loaded. */
export async function watchTransactions(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const begin = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (...asked) {
      const transaction = begin.apply(this, asked);
      if (transaction.mode === "readwrite" && transaction.objectStoreNames.contains("outbox")) {
        transaction.addEventListener("complete", () => dispatchEvent(new Event("durable")));
      }
      return transaction;
    };
  });
}

/** Slows the processor of a page down. */
export async function slowDown(phone: Phone, rate: number): Promise<void> {
  const session = await phone.context.newCDPSession(phone.page);
  await session.send("Emulation.setCPUThrottlingRate", { rate });
}

/** Taps on one student after the other, as often as everything is measured. */
export async function measureTaps(phone: Phone): Promise<Taps> {
  const taps = await phone.page.evaluate(
    async ({ count, rest_ms }) => {
      const durable: number[] = [];
      const paint: number[] = [];
      const told: number[] = [];
      const rows = [...document.querySelectorAll("[data-student]")].slice(0, 40);
      const painted = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(null);
      }));
      for (let tap = 0; tap < count; tap++) {
        const row = rows[tap % rows.length];
        const choices = [...(row?.querySelectorAll<HTMLInputElement>(".choices input") ?? [])];
        const input = choices.find((one) => !one.checked && (one.value === "present" || one.value === "absent"));
        if (row === undefined || input === undefined) throw new Error("nothing to tap");
        const saved = new Promise<number>((resolve) => addEventListener("durable", () => resolve(performance.now()), { once: true }));
        const began = performance.now();
        const said = saved.then(painted);
        input.click();
        const shown = painted();
        durable.push((await saved) - began);
        paint.push((await shown) - began);
        told.push((await said) - began);
        await new Promise((resolve) => setTimeout(resolve, rest_ms));
      }
      return { durable, paint, told };
    },
    { count: SAMPLES + WARM_UP, rest_ms: REST_MS },
  );
  const counted = (samples: readonly number[]): readonly number[] => samples.slice(WARM_UP);
  return { durable: counted(taps.durable), paint: counted(taps.paint), told: counted(taps.told) };
}

/** Puts copies of a command into the outbox until there are `count`, as after weeks without a network. */
export async function fillOutbox(page: Page, person_id: string, count: number): Promise<void> {
  await page.evaluate(
    ({ name, wanted }) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const transaction = opening.result.transaction(["outbox", "ledger"], "readwrite");
          transaction.oncomplete = () => {
            opening.result.close();
            resolve();
          };
          transaction.onabort = () => reject(transaction.error);
          const outbox = transaction.objectStore("outbox");
          const ledgers = transaction.objectStore("ledger");
          const ledger = ledgers.get("ledger");
          const rows = outbox.index("state").getAll("queued");
          rows.onsuccess = () => {
            const [row] = rows.result as { session_id: string }[];
            let { last_seq } = ledger.result as { last_seq: number };
            for (let copy = rows.result.length; copy < wanted; copy++) {
              last_seq += 1;
              // Forty marks for each of many registers of other days.
              const register = String(Math.floor(copy / 40)).padStart(12, "0");
              outbox.add({ ...row, seq: last_seq, command_id: crypto.randomUUID(), session_id: `00000000-0000-4000-8000-${register}` });
            }
            ledgers.put({ ...(ledger.result as object), last_seq }, "ledger");
          };
        };
      }),
    { name: `muster-${person_id}`, wanted: count },
  );
}
