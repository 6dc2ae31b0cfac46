/**
 * A database that repairs its own connection. Phones close connections behind the app's back, so every piece of work is
 * tried once more on a fresh one; and an old tab must let go as soon as a newer version wants to upgrade.
 */

import { openDB, type DBSchema, type IDBPDatabase } from "idb";

/** What the app wants to know about a connection. */
export interface ConnectionEvents {
  /** Another tab keeps the database from being upgraded; opening goes on by itself once that tab has closed it. */
  blocked(): void;
  /** A newer version of the app upgrades the database: this tab has let go and must be loaded anew. */
  outdated(): void;
}

export interface ConnectionOptions<Schema extends DBSchema> {
  readonly name: string;
  readonly version: number;
  upgrade(database: IDBPDatabase<Schema>, old_version: number): void;
  readonly events: ConnectionEvents;
}

export class Connection<Schema extends DBSchema> {
  private open: Promise<IDBPDatabase<Schema>> | null = null;
  private let_go = false;

  constructor(private readonly options: ConnectionOptions<Schema>) {}

  /** Does a piece of work, on a fresh connection if the one at hand turns out to be dead. */
  async use<T>(work: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    try {
      return await work(await this.database());
    } catch (error) {
      if (this.let_go || !isDeadConnection(error)) throw error;
      this.open = null;
      return work(await this.database());
    }
  }

  /** Lets go of the database for good. */
  async close(): Promise<void> {
    this.let_go = true;
    const open = this.open;
    this.open = null;
    if (open !== null) (await open).close();
  }

  private database(): Promise<IDBPDatabase<Schema>> {
    if (this.let_go) return Promise.reject(new DOMException("The database is closed.", "AbortError"));
    this.open ??= this.connect();
    return this.open;
  }

  private async connect(): Promise<IDBPDatabase<Schema>> {
    const { name, version, upgrade, events } = this.options;
    try {
      return await openDB<Schema>(name, version, {
        upgrade: (database, old_version) => upgrade(database, old_version),
        blocked: () => events.blocked(),
        blocking: () => {
          void this.close();
          events.outdated();
        },
        terminated: () => {
          this.open = null;
        },
      });
    } catch (error) {
      this.open = null;
      throw error;
    }
  }
}

function isDeadConnection(error: unknown): boolean {
  return error instanceof DOMException && (error.name === "InvalidStateError" || error.name === "UnknownError");
}

/** Whether a write failed because the device is full. */
export function isOutOfSpace(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}
