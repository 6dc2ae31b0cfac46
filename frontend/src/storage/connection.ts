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
  /** The connection broke; what it showed may have gone with it. */
  lost?(): void;
  /** The browser has removed the database under the open app, and there is a new one in its place. */
  removed?(): void;
}

export interface ConnectionOptions<Schema extends DBSchema> {
  readonly name: string;
  readonly version: number;
  upgrade(database: IDBPDatabase<Schema>, old_version: number): void;
  /** Puts into a new database what is left of the one that the browser has removed; nothing else is done before. */
  refill?(database: IDBPDatabase<Schema>): Promise<void>;
  readonly events: ConnectionEvents;
}

export class Connection<Schema extends DBSchema> {
  private open: Promise<IDBPDatabase<Schema>> | null = null;
  private let_go = false;
  /** There was a database before. */
  private was_open = false;

  constructor(private readonly options: ConnectionOptions<Schema>) {}

  /** Does a piece of work, on a fresh connection if the one at hand turns out to be dead. */
  async use<T>(work: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    const opened = this.database();
    let database: IDBPDatabase<Schema> | null = null;
    try {
      database = await opened;
      return await work(database);
    } catch (error) {
      if (this.let_go || !isDeadConnection(error, database)) throw error;
      this.forget(opened);
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
    if (this.open !== null) return this.open;
    const opened: Promise<IDBPDatabase<Schema>> = Promise.resolve().then(() => this.connect(() => this.forget(opened)));
    this.open = opened;
    return opened;
  }

  /**
   * The next who asks opens the database anew, unless somebody has already: two at once would find a database that was
   * removed empty and not yet filled again, and write over each other's rows.
   */
  private forget(opened: Promise<IDBPDatabase<Schema>>): void {
    if (this.open === opened) this.open = null;
  }

  private async connect(forget: () => void): Promise<IDBPDatabase<Schema>> {
    const { name, version, upgrade, refill, events } = this.options;
    let is_new = false;
    try {
      const database = await openDB<Schema>(name, version, {
        upgrade: (made, old_version) => {
          is_new = old_version === 0;
          upgrade(made, old_version);
        },
        blocked: () => events.blocked(),
        blocking: () => {
          void this.close();
          events.outdated();
        },
        terminated: () => {
          forget();
          events.lost?.();
        },
      });
      const was_removed = is_new && this.was_open;
      this.was_open = true;
      if (was_removed) {
        await refill?.(database);
        events.removed?.();
      }
      return database;
    } catch (error) {
      forget();
      throw error;
    }
  }
}

/** Whether work failed for want of a connection. A transaction that was cut off is taken back like one that the work itself gave up. */
function isDeadConnection<Schema extends DBSchema>(error: unknown, database: IDBPDatabase<Schema> | null): boolean {
  if (!(error instanceof DOMException)) return false;
  if (error.name !== "AbortError") return error.name === "InvalidStateError" || error.name === "UnknownError";
  // Opened while the browser was still removing what was there before.
  if (database === null) return true;
  const [store] = database.objectStoreNames;
  if (store === undefined) return false;
  try {
    database.transaction(store);
    return false;
  } catch {
    return true;
  }
}

/** Whether a write failed because the device is full. */
export function isOutOfSpace(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}
