/** A device to test with: several tabs share its databases, its clock, its locks and its network. */

import "fake-indexeddb/auto";
import { forceCloseDatabase, IDBFactory } from "fake-indexeddb";
import type { Moment } from "../../src/core/clock.ts";
import type { State, Store } from "../../src/model.ts";
import { createStore } from "../../src/store.ts";
import type { World } from "../../src/sync/world.ts";
import type { Backend } from "./backend.ts";

/** After so many rounds without an end something hangs. Counted in turns, not in time: a busy machine is only slower. */
const SETTLING_ROUNDS = 2_000;

export class Device {
  /** What the device's clock shows beside the server's. */
  wrong_by_ms = 0;
  online = true;
  visible = true;
  /** What the browser says when asked how full the device is, and when asked not to evict. */
  storage: World["storage"] = async () => ({ used: 1, quota: 2, persisted: true });
  persist: World["persist"] = async () => undefined;
  /** What its person reads. */
  languages: readonly string[] = ["en-KE", "sw"];
  /** How often a tab asked to be wakened, and what the browser does then. */
  asked_to_waken = 0;
  waken: () => Promise<boolean> = async () => false;
  readonly markers = new Set<string>();
  private readonly connections = new Set<IDBDatabase>();
  private readonly locks = new Map<string, Promise<unknown>>();
  private readonly listeners = new Map<string, Set<(message: unknown) => void>>();
  private timers: { at: number; work: () => void }[] = [];
  private changes: (() => void)[] = [];
  private lives = 0;
  /** Pages up to this life are gone: what they still try to do happens no more. */
  private dead = 0;
  private steady_ms = 0;

  constructor(readonly backend: Backend) {
    globalThis.indexedDB = this.databases();
    backend.later = (wait_ms, work) => void this.later(wait_ms, work);
  }

  /** Opens the app in a tab. */
  async tab(): Promise<Store> {
    const store = createStore(this.world());
    await until(store, (state) => state.phase !== "starting");
    return store;
  }

  /** Lets time pass, with everything that is due in it. */
  async pass(ms: number): Promise<void> {
    const end = this.steady_ms + ms;
    for (;;) {
      await this.settled();
      const next = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.moveTo(Math.max(this.steady_ms, next.at));
      this.timers = this.timers.filter((timer) => timer !== next);
      next.work();
    }
    this.moveTo(end);
    await this.settled();
  }

  /** All that is under way in all tabs ends here: the pages are gone, the databases stay. */
  killAllTabs(): void {
    this.dead = this.lives;
    this.timers = [];
    this.backend.silent = 0;
    this.changes = [];
    this.listeners.clear();
    this.locks.clear();
  }

  /** The browser removes all that is kept, under whatever has it open. */
  removeDatabases(): void {
    globalThis.indexedDB = this.databases();
    // Its types want the class in the place of an instance.
    for (const connection of this.connections) forceCloseDatabase(connection as never);
    this.connections.clear();
  }

  /** The network comes or goes. */
  goOnline(online: boolean): void {
    this.online = online;
    this.backend.fault = () => (online ? "none" : "no_network");
    for (const change of this.changes) change();
  }

  world(): World {
    const life = ++this.lives;
    return {
      app_version: "test",
      fetch: ((...request: Parameters<Backend["fetch"]>) =>
        life > this.dead ? this.backend.fetch(...request) : new Promise(() => undefined)) as typeof fetch,
      now: (): Moment => ({ wall_ms: this.backend.now_ms + this.wrong_by_ms, steady_ms: this.steady_ms, life }),
      random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
      languages: this.languages,
      chance: () => 1,
      askToWaken: () => void (this.asked_to_waken += 1),
      onWaken: (send) => void (this.waken = send),
      later: (wait_ms, work) => (life > this.dead ? this.later(wait_ms, work) : () => undefined),
      ifFree: async (lock, work) => (this.locks.has(lock) ? null : this.alone(lock, work)),
      alone: (lock, work) => this.alone(lock, work),
      isVisible: () => this.visible,
      isOnline: () => this.online,
      onChange: (hear) => void this.changes.push(hear),
      storage: () => this.storage(),
      persist: () => this.persist(),
      marker: {
        has: (name) => this.markers.has(name),
        set: (name) => void this.markers.add(name),
        remove: (name) => void this.markers.delete(name),
      },
      channel: (topic, hear) => this.channel(topic, hear),
    };
  }

  /** Waits until everything that needs no time has happened: no run is under way, and nobody reads or writes. */
  async settled(): Promise<void> {
    for (let round = 0; round < SETTLING_ROUNDS; round++) {
      for (let turn = 0; turn < 60; turn++) await new Promise((resolve) => setImmediate(resolve));
      // Who listens to the server holds a lock for as long as they do.
      const busy = [...this.locks.keys()].filter((lock) => !lock.startsWith("muster-live-"));
      if (busy.length === 0 || this.backend.silent > 0) return;
    }
    throw new Error(`still under way: ${[...this.locks.keys()].join(", ")}`);
  }

  private databases(): IDBFactory {
    const factory = new IDBFactory();
    const open = factory.open.bind(factory);
    factory.open = (...asked) => {
      const request = open(...asked);
      request.addEventListener("success", () => this.connections.add(request.result));
      return request;
    };
    return factory;
  }

  private moveTo(steady_ms: number): void {
    this.backend.now_ms += steady_ms - this.steady_ms;
    this.steady_ms = steady_ms;
  }

  private later(wait_ms: number, work: () => void): () => void {
    const timer = { at: this.steady_ms + wait_ms, work };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((one) => one !== timer);
    };
  }

  private async alone<T>(lock: string, work: () => Promise<T>): Promise<T> {
    const before = this.locks.get(lock) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(work);
    this.locks.set(lock, mine);
    try {
      return await mine;
    } finally {
      if (this.locks.get(lock) === mine) this.locks.delete(lock);
    }
  }

  private channel(topic: string, hear: (message: unknown) => void): { postMessage(message: unknown): void; close(): void } {
    const listeners = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, listeners.add(hear));
    return {
      postMessage: (message) => {
        for (const listener of listeners) if (listener !== hear) queueMicrotask(() => listener(structuredClone(message)));
      },
      close: () => void listeners.delete(hear),
    };
  }
}

/** Waits until the state is as wished. */
export async function until(store: Store, wished: (state: State) => boolean): Promise<State> {
  for (let turn = 0; turn < 5_000; turn++) {
    if (wished(store.state())) return store.state();
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`never came about: ${wished.toString()}`);
}
