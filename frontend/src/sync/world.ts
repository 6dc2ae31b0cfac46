/** What the app takes from the browser: clocks, chance, locks, the network. Tests bring their own. */

import type { Moment } from "../core/clock.ts";

export interface World {
  /** What this app calls itself to the server, so that the office sees which devices run an old one. */
  readonly app_version: string;
  readonly fetch: typeof globalThis.fetch;
  now(): Moment;
  random(bytes: number): Uint8Array;
  /** What the person reads, the best first, as the browser says. */
  readonly languages: readonly string[];
  /** From 0 to 1. */
  chance(): number;
  /** Does something later; what it answers calls that off. */
  later(wait_ms: number, work: () => void): () => void;
  /** Runs the work if no other tab holds the lock, else answers null at once. */
  ifFree<T>(lock: string, work: () => Promise<T>): Promise<T | null>;
  /** Runs the work when no other tab holds the lock. */
  alone<T>(lock: string, work: () => Promise<T>): Promise<T>;
  isVisible(): boolean;
  isOnline(): boolean;
  /** Calls back when the app comes to the screen or leaves it, or the network comes or goes. */
  onChange(hear: () => void): void;
  /** Asks the browser to waken the app when there is a network, where it can; one that cannot is no worse than before. */
  askToWaken(): void;
  /** Calls back when the browser does; the answer says whether it need not again. */
  onWaken(send: () => Promise<boolean>): void;
  /** How full the device is; null where the browser does not say. */
  storage(): Promise<{ used: number | null; quota: number | null; persisted: boolean | null }>;
  /** Asks the browser not to evict this device's data. */
  persist(): Promise<void>;
  /** A small memory apart from the database, to notice that the database has gone. */
  readonly marker: Marker;
  /** Joins the tabs that talk about `topic`; `hear` gets what the others say. */
  channel(topic: string, hear: (message: unknown) => void): Channel;
}

export interface Marker {
  has(name: string): boolean;
  set(name: string): void;
  remove(name: string): void;
}

/** What one tab tells the others through. */
export interface Channel {
  postMessage(message: unknown): void;
  close(): void;
}

/** The word for it between the page and its service worker. */
const SEND = "send";

/** Chromium's, for which no standard types exist. */
interface WithSync extends ServiceWorkerRegistration {
  readonly sync?: { register(tag: string): Promise<void> };
}

/** The browser's. */
export function browserWorld(): World {
  return {
    app_version: document.querySelector<HTMLMetaElement>("meta[name=muster-version]")?.content ?? "",
    fetch: (...request) => globalThis.fetch(...request),
    now: () => ({ wall_ms: Date.now(), steady_ms: performance.now(), life: performance.timeOrigin }),
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    languages: navigator.languages,
    chance: () => Math.random(),
    later(wait_ms, work) {
      const timer = setTimeout(work, wait_ms);
      return () => clearTimeout(timer);
    },
    async ifFree<T>(lock: string, work: () => Promise<T>): Promise<T | null> {
      return await navigator.locks.request(lock, { ifAvailable: true }, async (held) => (held === null ? null : await work()));
    },
    async alone<T>(lock: string, work: () => Promise<T>): Promise<T> {
      return await navigator.locks.request(lock, async () => await work());
    },
    isVisible: () => document.visibilityState === "visible",
    isOnline: () => navigator.onLine,
    onChange(hear) {
      document.addEventListener("visibilitychange", hear);
      for (const event of ["online", "offline"]) globalThis.addEventListener(event, hear);
    },
    askToWaken() {
      navigator.serviceWorker?.ready
        .then((registration) => (registration as WithSync).sync?.register(SEND))
        .catch(() => undefined);
    },
    onWaken(send) {
      navigator.serviceWorker?.addEventListener("message", (event: MessageEvent<unknown>) => {
        const [answer] = event.ports;
        if (event.data === SEND) send().then((done) => answer?.postMessage(done), console.error);
      });
    },
    async storage() {
      const [estimate, persisted] = await Promise.all([navigator.storage?.estimate?.(), navigator.storage?.persisted?.()]);
      return { used: estimate?.usage ?? null, quota: estimate?.quota ?? null, persisted: persisted ?? null };
    },
    async persist() {
      await navigator.storage?.persist?.();
    },
    marker: browserMarker(),
    channel(topic, hear) {
      const channel = new BroadcastChannel(topic);
      channel.onmessage = (event: MessageEvent<unknown>) => hear(event.data);
      return channel;
    },
  };
}

/** In `localStorage`; where that is forbidden nothing is noticed, and nothing fails. */
function browserMarker(): Marker {
  const quietly = <T>(work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch {
      return otherwise;
    }
  };
  return {
    has: (name) => quietly(() => localStorage.getItem(name) !== null, false),
    set: (name) => quietly(() => localStorage.setItem(name, "1"), undefined),
    remove: (name) => quietly(() => localStorage.removeItem(name), undefined),
  };
}
