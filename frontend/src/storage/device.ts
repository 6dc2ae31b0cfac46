/** What the device remembers apart from anybody's work: who is signed in, and how the app is set. */

import type { Settings } from "../model.ts";
import { Connection, type ConnectionEvents } from "./connection.ts";
import { DEVICE_DATABASE, DEVICE_VERSION, type DeviceSchema, type SignedIn } from "./schema.ts";

export class DeviceStore {
  private readonly connection: Connection<DeviceSchema>;

  constructor(events: ConnectionEvents) {
    this.connection = new Connection({
      name: DEVICE_DATABASE,
      version: DEVICE_VERSION,
      upgrade: (database) => {
        database.createObjectStore("settings");
        database.createObjectStore("sign_in");
      },
      events,
    });
  }

  settings(): Promise<Settings | null> {
    return this.connection.use(async (database) => (await database.get("settings", "settings")) ?? null);
  }

  saveSettings(settings: Settings): Promise<void> {
    return this.connection.use(async (database) => void (await database.put("settings", settings, "settings")));
  }

  /** Who is signed in; null: nobody. */
  signedIn(): Promise<SignedIn | null> {
    return this.connection.use(async (database) => {
      const value = await database.get("sign_in", "signed_in");
      return typeof value === "object" ? value : null;
    });
  }

  signIn(signed_in: SignedIn): Promise<void> {
    return this.connection.use(async (database) => {
      const transaction = database.transaction("sign_in", "readwrite");
      await Promise.all([
        transaction.store.put(signed_in, "signed_in"),
        transaction.store.delete("sign_out_to_tell"),
        transaction.done,
      ]);
    });
  }

  /** Forgets who is signed in, and remembers that the server is yet to be told. */
  signOut(now: string): Promise<void> {
    return this.connection.use(async (database) => {
      const transaction = database.transaction("sign_in", "readwrite");
      await Promise.all([
        transaction.store.delete("signed_in"),
        transaction.store.put(now, "sign_out_to_tell"),
        transaction.done,
      ]);
    });
  }

  /** Whether the server is yet to be told that somebody signed out. */
  hasSignOutToTell(): Promise<boolean> {
    return this.connection.use(async (database) => (await database.get("sign_in", "sign_out_to_tell")) !== undefined);
  }

  signOutTold(): Promise<void> {
    return this.connection.use((database) => database.delete("sign_in", "sign_out_to_tell"));
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}
