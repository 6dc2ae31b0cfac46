/**
 * A tab's way to the databases of its device. What runs in a tab finds the databases through the tab it was started
 * from; and when a tab is killed, whatever still runs in it gets no further than its next request.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import "fake-indexeddb/auto";

const entered = new AsyncLocalStorage<Gate>();

Object.defineProperty(globalThis, "indexedDB", {
  configurable: true,
  get() {
    const gate = entered.getStore();
    if (gate === undefined) throw new Error("databases are opened in tabs");
    return gate.indexedDB;
  },
});

/** Whether what runs now runs in a tab that is gone. */
export function runsInDeadTab(): boolean {
  return entered.getStore()?.is_open === false;
}

export class Gate {
  is_open = true;
  private readonly connections = new Set<IDBDatabase>();
  private readonly writing = new Set<IDBTransaction>();
  /** What the app sees as the browser's databases. */
  readonly indexedDB: IDBFactory;

  constructor(private readonly factory: IDBFactory) {
    this.indexedDB = {
      open: (name: string, version?: number) => this.open(name, version),
      deleteDatabase: (name: string) => (this.is_open ? factory.deleteDatabase(name) : new IDBOpenDBRequest()),
      databases: () => factory.databases(),
      cmp: (one: unknown, other: unknown) => factory.cmp(one, other),
    };
  }

  /** Does something in this tab. */
  run<T>(work: () => T): T {
    return entered.run(this, work);
  }

  /** The tab is gone. What it was writing is undone, or was complete on the disk already: either can be. */
  kill(undo: boolean): void {
    this.is_open = false;
    for (const transaction of undo ? this.writing : []) {
      try {
        transaction.abort();
      } catch {
        // It was complete.
      }
    }
    for (const connection of this.connections) connection.close();
  }

  private open(name: string, version?: number): IDBOpenDBRequest {
    // One that nothing is ever heard of.
    if (!this.is_open) return new IDBOpenDBRequest();
    const request = this.factory.open(name, version);
    request.addEventListener("success", () => this.watch(request.result));
    return request;
  }

  private watch(database: IDBDatabase): void {
    if (!this.is_open) return database.close();
    this.connections.add(database);
    const begin = database.transaction.bind(database);
    database.transaction = (...asked) => {
      const transaction = begin(...asked);
      if (transaction.mode === "readonly") return transaction;
      this.writing.add(transaction);
      for (const end of ["complete", "abort"]) transaction.addEventListener(end, () => this.writing.delete(transaction));
      return transaction;
    };
  }
}
