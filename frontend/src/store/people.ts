/** Who works on this device: signing in and out, and whose database is open. */

import type { Actions, Person, Settings } from "../model.ts";
import { instant } from "../core/clock.ts";
import { newLedger } from "../core/desk.ts";
import { uuidOf } from "../core/natural_id.ts";
import type { KeptRoster } from "../core/roster.ts";
import { DeviceStore } from "../storage/device.ts";
import { PersonStore } from "../storage/person.ts";
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

/** What the screens have of a person's work, when there is none of it. */
const NOBODY = { sealed: false, undo: null, status: { kind: "idle" }, sending: new Set<number>(), notice: null } satisfies Partial<UiState>;

/** Fetched only on devices that several people use. */
const unlocking = (): Promise<typeof import("./unlocking.ts")> => import("./unlocking.ts");

export interface PeopleParts {
  readonly world: World;
  readonly send: Send;
  ui(): UiState;
  set(change: Partial<UiState>): void;
  publish(): void;
  shown(read?: KeptRoster | null): Shown;
}

export class People {
  private readonly device: DeviceStore;
  private readonly channel: Channel;
  private current: Work | null = null;
  /** Whose work waits for its PIN. */
  private locked: { readonly signed_in: SignedIn; readonly store: PersonStore } | null = null;
  private signed_in: SignedIn | null = null;
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
      const settings = this.device.settings().then((kept) => kept !== null && this.parts.set({ settings: kept }));
      await this.inTurn(async () => {
        const [signed_in] = await Promise.all([this.device.signedIn(), settings]);
        if (signed_in !== null) await this.openOrLock(signed_in);
        else this.parts.set({ phase: "signed_out" });
      });
    } catch (error) {
      this.storageFailed(error);
    }
    await this.lookAtStorage();
    await this.tellSignOut();
  }

  async signIn(input: Parameters<Actions["signIn"]>[0]): Promise<void> {
    const { school_code, username, password } = input;
    this.parts.set({ signing_in: true, sign_in_problem: null });
    try {
      // Told later, the sign-out would end this sign-in.
      await this.telling;
      const reply = await logIn(this.parts.send, { school_code: school_code.trim(), username: username.trim(), password });
      const signed_in = signedInOf(reply);
      if (signed_in === null) return this.parts.set({ sign_in_problem: problemOfSignIn(reply) });
      if (!(await this.inTurn(() => this.enter(input, signed_in)))) return;
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

  /** Opens the work of who has just signed in. Answers false, and why, if their database needs a PIN first. */
  private async enter(input: Parameters<Actions["signIn"]>[0], { person, token }: { person: Person; token: string }): Promise<boolean> {
    const { school_code, password, shared_device } = input;
    const pin = input.pin ?? null;
    const same = this.current?.person.id === person.id ? this.current : null;
    // Who only now says that others use this device has to be sealed first.
    const again = shared_device && same?.store.is_sealed === false ? null : same;
    const store = again?.store ?? this.storeOf(person);
    // Once sealed, always sealed: whoever forgets the tick must not lay open what is there.
    const is_sealed = (await store.keys()).length > 0;
    const record: SignedIn = { person, school_code: school_code.trim(), shared_device: shared_device || is_sealed };
    if (again !== null) {
      again.sign_in.renew(token);
      if (is_sealed) await (await unlocking()).renewWraps(store, { pin, password });
      await this.device.signIn(record);
      this.signed_in = record;
      again.wake("asked");
      return true;
    }
    await this.leave();
    if (record.shared_device) {
      const { now, random } = this.parts.world;
      const part = await unlocking().catch(console.error);
      const sealed = await part?.sealAtSignIn(store, { pin, password }, uuidOf(random(16), 4), now().wall_ms);
      if (!sealed) {
        await store.close();
        const slug = part === undefined ? "part-missing" : "pin-needed";
        this.parts.set({ phase: "signed_out", sign_in_problem: { slug, title: "", detail: null } });
        return false;
      }
    }
    await this.device.signIn(record);
    await this.open(record, token, store);
    return true;
  }

  /** Closes the work behind its PIN. */
  lock(everywhere: boolean): Promise<void> {
    return this.inTurn(async () => {
      const { current, signed_in } = this;
      if (current === null || signed_in === null || !current.store.is_sealed) return;
      this.current = null;
      await current.close();
      this.showLock(signed_in, this.storeOf(signed_in.person));
      if (everywhere) this.tell({ kind: "lock" });
    });
  }

  /** Opens what is locked, if the PIN is the right one. */
  unlock(pin: string): Promise<void> {
    return this.inTurn(async () => {
      const { locked } = this;
      const { lock } = this.parts.ui();
      if (locked === null || lock === null) return;
      const { now } = this.parts.world;
      this.parts.set({ lock: { ...lock, wrong: false, busy: true } });
      try {
        const tried = await (await unlocking()).unlockByPin(locked.store, pin, now().wall_ms);
        if ("seal" in tried) {
          locked.store.sealWith(tried.seal);
          this.locked = null;
          return await this.open(locked.signed_in, null, locked.store);
        }
        const wait_until = tried.wait_ms > 0 ? instant(now().wall_ms + tried.wait_ms) : null;
        this.parts.set({ lock: { ...lock, wrong: tried.wrong, wait_until, busy: false } });
      } catch (error) {
        this.parts.set({ lock: { ...lock, busy: false } });
        throw error;
      }
    });
  }

  /** Opens what an earlier key sealed; a notice says if the secret was not the right one. */
  async openSealed(secret: string): Promise<void> {
    const work = this.current;
    const seal = work?.store.sealing ?? null;
    if (work === null || seal === null) return;
    const any = await (await unlocking()).openEarlier(work.store, seal, [secret]);
    this.parts.set({ notice: any ? null : { kind: "error", text_key: "notice.not_opened" } });
    await work.outboxChanged();
  }

  signOut(unsent: "send" | "keep" | "discard"): Promise<void> {
    return this.inTurn(() => this.signOutNow(unsent));
  }

  private async signOutNow(unsent: "send" | "keep" | "discard"): Promise<void> {
    const work = this.current;
    const store = work?.store ?? this.locked?.store ?? null;
    if (store === null) return;
    if (unsent === "send" && work !== null) {
      await work.runNow();
      const left = (await store.unsent()).length + (work.desk()?.closed_rows ?? 0);
      if (left > 0) return this.parts.set({ notice: { kind: "error", text_key: "notice.unsent_left", values: { count: String(left) } } });
    }
    // If this fails the person is still signed in, and their work goes on; after it they are out, whatever fails.
    await this.device.signOut(instant(this.parts.world.now().wall_ms));
    try {
      await work?.loop.stop();
      if (unsent === "discard" && work !== null) {
        await store.destroy();
        this.parts.world.marker.remove(markerOf(work.person));
      } else await store.forgetReadings();
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

  /** Opens the work of who is signed in; what is sealed waits for its PIN. */
  private async openOrLock(signed_in: SignedIn): Promise<void> {
    const { person } = signed_in;
    if (this.current?.person.id === person.id) return this.current.wake("asked");
    if (this.locked?.signed_in.person.id === person.id) return;
    await this.leave();
    const store = this.storeOf(person);
    if (signed_in.shared_device && (await store.keys()).length > 0) this.showLock(signed_in, store);
    else await this.open(signed_in, null, store);
  }

  private showLock(signed_in: SignedIn, store: PersonStore): void {
    this.locked = { signed_in, store };
    this.signed_in = signed_in;
    const lock = { name: signed_in.person.name, wrong: false, wait_until: null, busy: false };
    this.parts.set({ ...NOBODY, phase: "locked", school_code: signed_in.school_code, lock });
  }

  private async open(signed_in: SignedIn, token: string | null, store: PersonStore): Promise<void> {
    const { person, school_code } = signed_in;
    this.signed_in = signed_in;
    const work = this.workOf(person, token, store);
    // Before it is opened: from then on another tab may have left the same sign.
    const was_here = this.parts.world.marker.has(markerOf(person));
    const is_new = await work.open();
    this.current = work;
    // Only now is known of which day: a school that is sealed cannot be looked at while it is read.
    if (is_new || store.is_sealed) await work.read();
    const was_cleared = is_new && was_here;
    this.parts.world.marker.set(markerOf(person));
    this.parts.set({
      phase: "ready",
      lock: null,
      sealed: store.is_sealed,
      school_code,
      ...(was_cleared ? { notice: { kind: "error", text_key: "notice.storage_was_cleared" } } : {}),
    });
    work.wake("asked");
  }

  private storeOf(person: Person): PersonStore {
    const events: ConnectionEvents = {
      ...this.events(),
      lost: () => void this.current?.read().catch(console.error),
      removed: () => void this.inTurn(() => this.afterRemoval()).catch((error: unknown) => this.storageFailed(error)),
    };
    const store = new PersonStore(person.id, () => newLedger(uuidOf(this.parts.world.random(16), 4)), events, async (database) => {
      const desk = this.current?.store === store ? this.current.desk() : null;
      if (desk !== null) await (await import("../sync/parts.ts")).refill(database, desk, store);
    });
    return store;
  }

  /** The browser has removed what was kept here, the device's own database too: who works here goes on, and is told. */
  private async afterRemoval(): Promise<void> {
    const { current, signed_in } = this;
    if (current === null || signed_in === null) return;
    // What was sealed with a key that is not at hand was not in memory either.
    const is_all_here = (current.desk()?.closed_rows ?? 0) === 0;
    this.parts.set({ notice: { kind: "error", text_key: is_all_here ? "notice.storage_was_removed" : "notice.storage_was_cleared" } });
    await Promise.all([this.device.signIn(signed_in), this.device.saveSettings(this.parts.ui().settings)]);
    await current.tellChanged();
    current.wake("asked");
  }

  private workOf(person: Person, token: string | null, store: PersonStore): Work {
    const { world, send } = this.parts;
    return new Work({
      person,
      token,
      world,
      send,
      store,
      shown: (read) => this.parts.shown(read),
      changed: () => this.parts.publish(),
      status: (status) => this.parts.set({ status }),
      sending: (sending) => this.parts.set({ sending }),
    });
  }

  /** Closes what is open or locked and shows the sign-in. */
  private async leave(): Promise<void> {
    const { current, locked } = this;
    if (current === null && locked === null) return;
    this.current = this.locked = this.signed_in = null;
    await current?.close();
    await locked?.store.close();
    this.parts.set({ ...NOBODY, phase: "signed_out", school_code: null, lock: null, route: { name: "today", date: null } });
  }

  private async hear(message: DeviceMessage): Promise<void> {
    if (message.kind === "settings") {
      const settings = await this.device.settings();
      return settings === null ? undefined : this.parts.set({ settings });
    }
    if (message.kind === "lock") return this.lock(false);
    await this.inTurn(async () => {
      const signed_in = await this.device.signedIn();
      if (signed_in !== null) await this.openOrLock(signed_in);
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
