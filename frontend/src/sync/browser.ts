/** What a page and its service worker take from the browser alike. */

import type { World } from "./world.ts";

export const BROWSER: Pick<World, "fetch" | "now" | "random" | "alone" | "ifFree"> = {
  fetch: (...request) => globalThis.fetch(...request),
  now: () => ({ wall_ms: Date.now(), steady_ms: performance.now(), life: performance.timeOrigin }),
  random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  async ifFree<T>(lock: string, work: () => Promise<T>): Promise<T | null> {
    return await navigator.locks.request(lock, { ifAvailable: true }, async (held) => (held === null ? null : await work()));
  },
  async alone<T>(lock: string, work: () => Promise<T>): Promise<T> {
    return await navigator.locks.request(lock, async () => await work());
  },
};
