/** What this machine and this browser can do without the app. */

import { cpus, loadavg } from "node:os";
import type { Browser } from "playwright-core";
import { SAMPLES } from "./desk.ts";

export interface Machine {
  readonly processors: string;
  readonly load: number;
  readonly browser: string;
}

/** What the figures were measured on. */
export function machine(browser: Browser): Machine {
  const all = cpus();
  return { processors: `${all.length} x ${all[0]?.model ?? "unknown"}`, load: loadavg()[0] ?? 0, browser: `Chromium ${browser.version()}` };
}

/** A strictly durable transaction with one small record, and a frame with nothing to paint, in milliseconds. */
export async function bareTimes(browser: Browser, origin: string, rate: number): Promise<{ transaction: readonly number[]; frame: readonly number[] }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${origin}/manifest.webmanifest`);
  await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate });
  const times = await page.evaluate(async (count) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open("bare", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("records");
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    const transaction: number[] = [];
    const frame: number[] = [];
    for (let sample = 0; sample < count; sample++) {
      const began = performance.now();
      await new Promise((resolve) => {
        const writing = database.transaction("records", "readwrite", { durability: "strict" });
        writing.objectStore("records").put({ sample }, sample);
        writing.oncomplete = resolve;
      });
      transaction.push(performance.now() - began);
      const asked = performance.now();
      await new Promise((resolve) => requestAnimationFrame(resolve));
      frame.push(performance.now() - asked);
    }
    return { transaction, frame };
  }, SAMPLES);
  await context.close();
  return times;
}
