/** The one store of the app: what the screens render from, and the actions they may ask for. */

import type { Actions, State, Store } from "./model.ts";
import { instant, type Tapped } from "./core/clock.ts";
import type { Draft, OutboxRow } from "./core/command.ts";
import { firstLanguage } from "./i18n/catalogue.ts";
import { namedRegister, type KeptRoster } from "./core/roster.ts";
import { schoolDay } from "./core/school_day.ts";
import { shared } from "./core/sharing.ts";
import { isOutOfSpace } from "./storage/connection.ts";
import type { Shown } from "./storage/reading.ts";
import { sender } from "./sync/http.ts";
import { browserWorld } from "./sync/browser_world.ts";
import type { World } from "./sync/world.ts";
import { derive } from "./store/derive.ts";
import { People } from "./store/people.ts";
import { registerActions } from "./store/register_actions.ts";
import { startingUi, type UiState, type UndoOf } from "./store/ui_state.ts";
import type { Work } from "./store/work.ts";

type PeopleAction =
  | "signIn" | "signOut" | "lock" | "unlock" | "openSealed" | "sendNow" | "resend" | "discard" | "contest" | "readUnsentFile" | "handIn" | "seenUncounted" | "exportUnsent" | "office";

/** How often what depends on the time of day is looked at again. */
const TICK_MS = 30_000;

/** Makes the store and starts it. */
export function createStore(world: World = browserWorld()): Store {
  return new TheStore(world);
}

class TheStore implements Store {
  readonly actions: Actions;
  private readonly listeners = new Set<(state: State) => void>();
  private readonly people: People;
  private ui: UiState;
  private current: State;

  constructor(private readonly world: World) {
    this.ui = startingUi(world.isOnline(), firstLanguage(world.languages));
    this.current = derive(this.ui, null, world.now(), null);
    this.people = new People({
      world,
      send: sender(world.fetch, () => world.now().wall_ms),
      ui: () => this.ui,
      set: (change) => this.set(change),
      publish: () => this.publish(),
      shown: (read) => this.shown(read),
    });
    this.actions = { ...this.peopleActions(), ...this.registerActions(), ...this.deviceActions() };
    world.onChange(() => this.worldChanged());
    world.onWaken(() => this.sendAll());
    this.tick();
    void this.people.start();
  }

  state(): State {
    return this.current;
  }

  subscribe(listener: (state: State) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private tick(): void {
    this.world.later(TICK_MS, () => {
      this.publish();
      this.tick();
    });
  }

  private peopleActions(): Pick<Actions, PeopleAction> {
    return {
      signIn: (input) => this.people.signIn(input),
      lock: (everywhere) => this.people.lock(everywhere),
      unlock: (pin) => this.people.unlock(pin),
      openSealed: (secret) => this.people.openSealed(secret),
      signOut: (unsent) => this.people.signOut(unsent),
      sendNow: () => this.work().runNow(),
      resend: async (seqs) => {
        await this.work().store.resend(seqs);
        await this.work().outboxChanged();
      },
      discard: async (seqs) => {
        await this.work().store.discard(seqs);
        await this.work().outboxChanged();
      },
      readUnsentFile: async (text) => {
        const work = this.work();
        // Without it nothing in the file has a name.
        if (work.desk()?.roster === null) await work.runNow();
        return (await import("./store/hand_in.ts")).readUnsentFile(text, work.desk()?.roster?.roster ?? null);
      },
      handIn: async (...what) => {
        const work = this.work();
        return (await import("./store/hand_in.ts")).handIn(work.sign_in.request, () => work.now_ms(), ...what);
      },
      contest: async (session_id, ...what) => {
        const work = this.work();
        const draft = (await import("./store/contest.ts")).contestDraft(this.current.sync.conflicts, work.desk(), session_id, ...what);
        if (draft !== null) await this.save(work, [draft], work.tapped());
      },
      seenUncounted: async () => {
        await this.work().store.keepReference("uncounted", []);
        await this.work().tellChanged();
      },
      exportUnsent: () => this.exportUnsent(),
      office: async () =>
        (await import("./store/office.ts")).officeActions(() => this.work(), (work, drafts) => this.save(work, drafts, work.tapped())),
    };
  }

  private registerActions(): ReturnType<typeof registerActions> {
    return registerActions({
      state: () => this.current,
      work: () => this.work(),
      save: (work, drafts, tapped) => this.save(work, drafts, tapped),
      undo: () => this.ui.undo,
      setUndo: (undo) => this.setUndo(undo),
    });
  }

  private deviceActions(): Pick<Actions, "go" | "setSettings" | "dismissNotice" | "askToPersist"> {
    return {
      go: (route) => {
        this.set({ route });
        void this.people.work()?.read();
        this.people.work()?.loop.poke("back");
      },
      setSettings: (change) => this.people.setSettings({ ...this.ui.settings, ...change }),
      dismissNotice: () => this.set({ notice: null }),
      askToPersist: async () => {
        await this.world.persist();
        await this.people.lookAtStorage();
      },
    };
  }

  private async save(work: Work, drafts: readonly Draft[], tapped: Tapped): Promise<readonly OutboxRow[]> {
    if (drafts.length === 0) return [];
    try {
      const rows = await work.record(drafts, tapped);
      if (this.ui.storage.full) this.set({ storage: { ...this.ui.storage, full: false } });
      return rows;
    } catch (error) {
      if (isOutOfSpace(error)) this.set({ storage: { ...this.ui.storage, full: true } });
      throw error;
    }
  }

  private setUndo(undo: UndoOf | null): void {
    this.set({ undo });
    if (undo === null) return;
    this.world.later(Date.parse(undo.until) - this.work().now_ms(), () => {
      if (this.ui.undo === undo) this.set({ undo: null });
    });
  }

  private async exportUnsent(): Promise<string> {
    const { person, store } = this.work();
    const exported_at = instant(this.work().now_ms());
    const [rows, { device_id }] = await Promise.all([store.unsent(), store.ledger()]);
    const { app_version } = this.world;
    const { unsentFile } = await import("./sync/parts.ts");
    return unsentFile({ person, school_code: this.ui.school_code, device_id, app_version, exported_at }, rows);
  }

  private work(): Work {
    const work = this.people.work();
    if (work === null) throw new Error("nobody is signed in");
    return work;
  }

  /** Which registers the screens need; `read` is the school if it has just been read. */
  private shown(read: KeptRoster | null = null): Shown {
    const { route } = this.ui;
    const roster = (read ?? this.people.work()?.desk()?.roster)?.roster ?? null;
    if (route.name === "register") {
      const session_id = roster === null ? null : namedRegister(roster, route.key).session_id;
      return { date: route.key.date, session_id };
    }
    const today = this.current.today ?? (roster === null ? null : schoolDay(this.world.now().wall_ms, roster.school.time_zone));
    return { date: route.name === "today" ? route.date ?? today : today, session_id: null };
  }

  /** The browser has noticed a network. Answers whether nothing is left to send. */
  private async sendAll(): Promise<boolean> {
    const work = this.people.work();
    // A tab that had to let go of its database has nothing to send any more.
    if (work === null || this.ui.phase !== "ready") return false;
    await work.runNow();
    return (await work.store.queued()).length === 0;
  }

  private worldChanged(): void {
    this.set({ online: this.world.isOnline() });
    void this.people.tellSignOut();
    if (this.world.isVisible()) this.people.work()?.wake("back");
    else this.people.work()?.listen();
  }

  private set(change: Partial<UiState>): void {
    this.ui = { ...this.ui, ...change };
    this.publish();
  }

  private publish(): void {
    const next = derive(this.ui, this.people.work()?.desk() ?? null, this.world.now(), this.current);
    const before = this.current;
    this.current = shared(before, next);
    if (this.current === before) return;
    for (const listener of this.listeners) listener(this.current);
  }
}
