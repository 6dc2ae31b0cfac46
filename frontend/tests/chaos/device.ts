/** A device as the app sees it: databases, a cookie, clocks and locks that its tabs share, and a network of its own. */

import { IDBFactory as Databases } from "fake-indexeddb";
import type { OutboxRow } from "../../src/core/command.ts";
import type { State, Store } from "../../src/model.ts";
import { createStore } from "../../src/store.ts";
import { DeviceStore } from "../../src/storage/device.ts";
import { personDatabase, type SignedIn } from "../../src/storage/schema.ts";
import type { Channel, World } from "../../src/sync/world.ts";
import { Gate } from "./gate.ts";
import { Locks } from "./locks.ts";
import type { Network } from "./network.ts";
import { RATE, type FastClock } from "./time.ts";

/** For what needs no network and little work. */
const AT_ONCE_MS = 20_000;
const LOOK_AGAIN_MS = 2;
const never = new Promise<never>(() => undefined);
const realFetch = globalThis.fetch;

/** The cookie that keeps somebody signed in on a device. It outlives what these tests do to databases. */
export interface Jar {
  cookie: string | null;
}

type Hear = (message: unknown) => void;

export class Device {
  /** What its clock on the wall shows beside the server's. */
  wrong_by_ms = 0;
  online = true;
  tabs: Tab[] = [];
  readonly databases: IDBFactory = new Databases();
  readonly locks = new Locks();
  readonly markers = new Set<string>();
  readonly listeners = new Map<string, Map<Hear, Tab>>();
  lives = 0;

  constructor(readonly network: Network, readonly clock: FastClock, readonly jar: Jar, readonly chance: () => number) {}

  /** Leaves the device as it is after a sign-in. */
  async signedIn(record: SignedIn): Promise<void> {
    await new Gate(this.databases).run(async () => {
      const store = new DeviceStore({ blocked: () => undefined, outdated: () => undefined });
      await store.signIn(record);
      await store.close();
    });
  }

  async openTab(): Promise<Tab> {
    const tab = new Tab(this);
    this.tabs.push(tab);
    await tab.until((state) => state.phase !== "starting");
    return tab;
  }

  kill(tab: Tab, undo: boolean): void {
    this.tabs = this.tabs.filter((one) => one !== tab);
    tab.kill(undo);
  }

  /** The network comes or goes, and the browser says so. */
  setOnline(online: boolean): void {
    this.online = online;
    this.network.setUp(online);
    for (const tab of this.tabs) tab.networkChanged();
  }

  /** A person's outbox, read from the database behind the app's back. */
  outbox(person_id: string): Promise<readonly OutboxRow[]> {
    return new Promise((resolve, reject) => {
      const opening = this.databases.open(personDatabase(person_id));
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const all = opening.result.transaction("outbox").objectStore("outbox").getAll() as IDBRequest<OutboxRow[]>;
        all.onerror = () => reject(all.error);
        all.onsuccess = () => {
          opening.result.close();
          resolve(all.result);
        };
      };
    });
  }
}

export class Tab {
  readonly store: Store;
  private readonly gate: Gate;
  private readonly ended = new AbortController();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly changes: (() => void)[] = [];
  private readonly began_ms: number;
  private readonly life: number;

  constructor(private readonly device: Device) {
    this.gate = new Gate(device.databases);
    this.began_ms = device.clock.passed_ms();
    this.life = ++device.lives;
    this.store = this.run(() => createStore(this.world()));
  }

  get is_alive(): boolean {
    return this.gate.is_open;
  }

  /** Does something in this tab. */
  run<T>(work: () => T): T {
    return this.gate.run(work);
  }

  async until(wished: (state: State) => boolean): Promise<void> {
    const latest = performance.now() + AT_ONCE_MS;
    while (!wished(this.store.state())) {
      if (performance.now() > latest) throw new Error(`never came about: ${wished.toString()} in ${JSON.stringify(this.store.state())}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }

  networkChanged(): void {
    for (const change of this.changes) this.run(change);
  }

  kill(undo: boolean): void {
    this.gate.kill(undo);
    this.ended.abort();
    for (const timer of this.timers) clearTimeout(timer);
    for (const listeners of this.device.listeners.values()) {
      for (const [hear, tab] of listeners) if (tab === this) listeners.delete(hear);
    }
    this.device.locks.letGo(this);
  }

  private world(): World {
    const { device } = this;
    return {
      app_version: "chaos",
      fetch: (input, init) => this.fetch(String(input), init ?? {}),
      now: () => ({
        wall_ms: device.clock.now_ms() + device.wrong_by_ms,
        steady_ms: device.clock.passed_ms() - this.began_ms,
        life: this.life,
      }),
      random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
      languages: ["en"],
      chance: device.chance,
      askToWaken: () => undefined,
      onWaken: () => undefined,
      later: (wait_ms, work) => this.later(wait_ms, work),
      ifFree: (lock, work) => (this.is_alive ? device.locks.ifFree(lock, this, work) : never),
      alone: (lock, work) => (this.is_alive ? device.locks.alone(lock, this, work) : never),
      isVisible: () => true,
      isOnline: () => device.online,
      onChange: (hear) => void this.changes.push(hear),
      storage: async () => ({ used: null, quota: null, persisted: true }),
      persist: async () => undefined,
      marker: {
        has: (name) => device.markers.has(name),
        set: (name) => void device.markers.add(name),
        remove: (name) => void device.markers.delete(name),
      },
      channel: (topic, hear) => this.channel(topic, hear),
    };
  }

  /** As a browser does it: with the cookie where it belongs, and broken off with the tab. */
  private async fetch(path: string, init: RequestInit): Promise<Response> {
    const { network, jar } = this.device;
    const headers = new Headers(init.headers);
    const for_sign_in = path.startsWith("/api/v1/auth/");
    if (for_sign_in && jar.cookie !== null) headers.set("Cookie", jar.cookie);
    if (init.method === "POST") headers.set("Origin", network.origin);
    const signal = AbortSignal.any([this.ended.signal, ...(init.signal == null ? [] : [init.signal])]);
    try {
      const response = await realFetch(network.origin + path, { ...init, headers, signal });
      for (const cookie of response.headers.getSetCookie()) jar.cookie = cookie.split(";")[0] ?? null;
      return this.is_alive ? response : await never;
    } catch (error) {
      if (!this.is_alive) return never;
      throw error;
    }
  }

  private later(wait_ms: number, work: () => void): () => void {
    if (!this.is_alive) return () => undefined;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      work();
    }, wait_ms / RATE);
    this.timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.timers.delete(timer);
    };
  }

  private channel(topic: string, hear: Hear): Channel {
    const all = this.device.listeners;
    const listeners = all.get(topic) ?? new Map<Hear, Tab>();
    all.set(topic, listeners.set(hear, this));
    return {
      postMessage: (message) => {
        if (!this.is_alive) return;
        for (const [listener, tab] of listeners) {
          if (listener !== hear) setImmediate(() => tab.is_alive && tab.run(() => listener(structuredClone(message))));
        }
      },
      close: () => void listeners.delete(hear),
    };
  }
}
