/** What the app takes from the browser: clocks, chance, locks, the network. Tests bring their own, and so does the service worker. */

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
