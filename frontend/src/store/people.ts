/** Who works on this device: signing in and out, and whose database is open. */

import type { Actions, Person, Settings } from "../model.ts";
import { instant } from "../core/clock.ts";
import { DeviceStore } from "../storage/device.ts";
import type { Shown } from "../storage/reading.ts";
import type { SignedIn } from "../storage/schema.ts";
import type { ConnectionEvents } from "../storage/connection.ts";
import type { Reply, Send } from "../sync/http.ts";
import { logIn, logOut, signedInOf } from "../sync/sign_in.ts";
import type { Channel, World } from "../sync/world.ts";
import { DEVICE_TOPIC, type DeviceMessage } from "./messages.ts";
import { turns } from "./turns.ts";
import type { UiState } from "./ui_state.ts";
import { Work } from "./work.ts";

export interface PeopleParts {
  readonly world: World;
  readonly send: Send;
  ui(): UiState;
  set(change: Partial<UiState>): void;
  publish(): void;
  shown(): Shown;
}

export class People {
  private readonly device: DeviceStore;
  private readonly channel: Channel;
  private current: Work | null = null;
  private shared_device = false;
  /** Who works here changes by one cause at a time: a start, a sign-in or -out, or what another tab says. */
  private readonly inTurn = turns();
  private telling: Promise<void> | null = null;

  constructor(private readonly parts: PeopleParts) {
    this.device = new DeviceStore(this.events());
    this.channel = parts.world.channel(DEVICE_TOPIC, (message) => {
      this.hear(message as DeviceMessage).catch((error: unknown) => this.storageFailed(error));
    });
  }

  /** The work of whoever is signed in. */
  work(): Work | null {
    return this.current;
  }

  /** Opens the work of whoever was signed in last; no network is needed for that. */
  async start(): Promise<void> {
    try {
      const settings = await this.device.settings();
      if (settings !== null) this.parts.set({ settings });
      await this.inTurn(async () => {
        const signed_in = await this.device.signedIn();
        if (signed_in !== null) await this.open(signed_in, null);
        else this.parts.set({ phase: "signed_out" });
      });
    } catch (error) {
      this.storageFailed(error);
    }
    await this.lookAtStorage();
    await this.tellSignOut();
  }

  async signIn(input: Parameters<Actions["signIn"]>[0]): Promise<void> {
    const { school_code, username, password, shared_device } = input;
    this.parts.set({ signing_in: true, sign_in_problem: null });
    try {
      // Told later, the sign-out would end this sign-in.
      await this.telling;
      const reply = await logIn(this.parts.send, { school_code: school_code.trim(), username: username.trim(), password });
      const signed_in = signedInOf(reply);
      if (signed_in === null) return this.parts.set({ sign_in_problem: problemOfSignIn(reply) });
      const record: SignedIn = { person: signed_in.person, school_code: school_code.trim(), shared_device };
      await this.inTurn(async () => {
        await this.device.signIn(record);
        await this.open(record, signed_in.token);
      });
      this.tell({ kind: "somebody_else" });
    } catch (error) {
      return this.storageFailed(error);
    } finally {
      this.parts.set({ signing_in: false });
    }
    // A browser that does not promise anything stores all the same.
    await this.parts.world.persist().catch(console.error);
    await this.lookAtStorage();
  }

  signOut(unsent: "send" | "keep" | "discard"): Promise<void> {
    return this.inTurn(() => this.signOutNow(unsent));
  }

  private async signOutNow(unsent: "send" | "keep" | "discard"): Promise<void> {
    const work = this.current;
    if (work === null) return;
    if (unsent === "send") {
      await work.runNow();
      const left = await work.store.queued();
      if (left.length > 0) {
        return this.parts.set({ notice: { kind: "error", text_key: "notice.unsent_left", values: { count: String(left.length) } } });
      }
    }
    // If this fails the person is still signed in, and their work goes on; after it they are out, whatever fails.
    await this.device.signOut(instant(this.parts.world.now().wall_ms));
    try {
      await work.loop.stop();
      if (unsent === "discard") {
        await work.store.destroy();
        this.parts.world.marker.remove(markerOf(work.person));
      } else if (this.shared_device) await work.store.forgetReadings();
    } finally {
      await this.leave();
      this.tell({ kind: "somebody_else" });
      void this.tellSignOut();
    }
  }

  async setSettings(settings: Settings): Promise<void> {
    await this.device.saveSettings(settings);
    this.parts.set({ settings });
    this.tell({ kind: "settings" });
  }

  /** Asks the browser how full the device is. One that does not say stops nothing. */
  async lookAtStorage(): Promise<void> {
    try {
      const found = await this.parts.world.storage();
      this.parts.set({ storage: { ...this.parts.ui().storage, ...found } });
    } catch (error) {
      console.error(error);
    }
  }

  /** Tells the server of a sign-out that it may not know of yet. */
  tellSignOut(): Promise<void> {
    this.telling ??= this.tellNow().catch(console.error).finally(() => {
      this.telling = null;
    });
    return this.telling;
  }

  private async tellNow(): Promise<void> {
    // Once somebody has signed in, the cookie is theirs.
    if (this.current !== null || this.parts.ui().signing_in) return;
    if ((await this.device.hasSignOutToTell()) && (await logOut(this.parts.send))) await this.device.signOutTold();
  }

  private async open(signed_in: SignedIn, token: string | null): Promise<void> {
    const { person, school_code, shared_device } = signed_in;
    this.shared_device = shared_device;
    if (this.current?.person.id === person.id) {
      if (token !== null) this.current.sign_in.renew(token);
      return this.current.wake("asked");
    }
    await this.leave();
    const work = this.workOf(person, token);
    const is_new = await work.open();
    this.current = work;
    await work.read();
    const was_cleared = is_new && this.parts.world.marker.has(markerOf(person));
    this.parts.world.marker.set(markerOf(person));
    this.parts.set({
      phase: "ready",
      school_code,
      ...(was_cleared ? { notice: { kind: "error", text_key: "notice.storage_was_cleared" } } : {}),
    });
    work.wake("asked");
  }

  private workOf(person: Person, token: string | null): Work {
    const { world, send } = this.parts;
    return new Work({
      person,
      token,
      world,
      send,
      events: this.events(),
      shown: () => this.parts.shown(),
      changed: () => this.parts.publish(),
      status: (status) => this.parts.set({ status }),
      sending: (sending) => this.parts.set({ sending }),
    });
  }

  /** Closes the open work and shows the sign-in. */
  private async leave(): Promise<void> {
    const work = this.current;
    if (work === null) return;
    this.current = null;
    await work.close();
    this.parts.set({
      phase: "signed_out",
      school_code: null,
      route: { name: "today", date: null },
      undo: null,
      status: { kind: "idle" },
      sending: new Set(),
      notice: null,
    });
  }

  private async hear(message: DeviceMessage): Promise<void> {
    if (message.kind === "settings") {
      const settings = await this.device.settings();
      return settings === null ? undefined : this.parts.set({ settings });
    }
    await this.inTurn(async () => {
      const signed_in = await this.device.signedIn();
      if (signed_in !== null) await this.open(signed_in, null);
      else await this.leave();
    });
  }

  private tell(message: DeviceMessage): void {
    this.channel.postMessage(message);
  }

  private events(): ConnectionEvents {
    return {
      blocked: () => this.parts.set({ phase: "blocked_by_other_tab" }),
      outdated: () => {
        // Its database is gone from under it: it hears of nothing any more.
        void this.current?.close();
        this.parts.set({ phase: "blocked_by_other_tab" });
      },
    };
  }

  private storageFailed(error: unknown): void {
    console.error(error);
    this.parts.set({ phase: "storage_failed" });
  }
}

function problemOfSignIn(reply: Reply): NonNullable<UiState["sign_in_problem"]> {
  return reply.kind === "problem" ? reply.problem : { slug: "unreachable", title: "", detail: null };
}

function markerOf(person: Person): string {
  return `muster-worked-${person.id}`;
}
