/** Draws the page from the store and the address, again whenever either changes, at most once a frame. */
import { render } from "lit-html";
import { LANGUAGES, loadCatalogue } from "../i18n/catalogue.ts";
import { formats, type Formats } from "../i18n/formats.ts";
import { translator, type Translate } from "../i18n/translate.ts";
import type { Language, Route, State, Store } from "../model.ts";
import { watchIdle } from "./idle.ts";
import { watchInstall } from "./install.ts";
import { marking, page, pageTitle } from "./page.ts";
import { addressOf, NO_FILTER, parseAddress, type Address } from "./routing.ts";
import { matching } from "./screens/register/shown.ts";
import { registerServiceWorker } from "./update.ts";
import type { Local, View } from "./view.ts";

type HandleKey = (view: View, event: KeyboardEvent) => void;

/** For how long nothing is typed before it is kept. */
const PAUSE_MS = 2000;
/** Before a catalogue that could not be had is asked for again. */
const RETRY_MS = 2000;

/** Starts the screens. */
export function startApp(store: Store, root: HTMLElement): void {
  const app = new App(store, root);
  app.start();
}

class App {
  #address: Address = parseAddress(location.hash);
  #local: Local = {
    dialog: null,
    unfolded: new Set(),
    pinned: new Set(),
    roll_call: null,
    hand_in: null,
    office: null,
    failures: 0,
    failed: false,
    update_ready: false,
    install: { installed: false, ask: null, by_hand: false },
    shared_device: false,
    pin_forgotten: false,
  };
  /** Null until the first catalogue is there: a screen without words helps nobody. */
  #words: Translate | null = null;
  #formats: { readonly format: Formats; readonly language: Language; readonly zone: string | null } | null = null;
  /** The language being fetched, so that it is fetched once. */
  #wanted: Language | null = null;
  /** The words that this device will probably want, asked for while it is looked up which it does. */
  #likely: { readonly language: Language; readonly catalogue: ReturnType<typeof loadCatalogue> } | null;
  #drawn = false;
  /** Somebody is signed in here, even if locked. */
  #somebody = false;
  #keys: HandleKey | null = null;
  #drawing = false;
  /** Set when the screen has changed: its heading gets the focus, as a new page would. */
  #arrived = false;
  #applyUpdate: () => void = () => undefined;
  /** Until what is being typed is kept. */
  #pause: ReturnType<typeof setTimeout> | undefined;
  /** Actions under way: an update waits for them. */
  readonly #running = new Set<Promise<unknown>>();
  readonly #store: Store;
  readonly #root: HTMLElement;
  readonly #version = document.querySelector<HTMLMetaElement>("meta[name=muster-version]")?.content ?? "";

  constructor(store: Store, root: HTMLElement) {
    this.#store = store;
    this.#root = root;
    const { language } = store.state().settings;
    this.#likely = { language, catalogue: loadCatalogue(language) };
  }

  start(): void {
    this.#store.subscribe(() => this.#schedule());
    this.#store.actions.go(this.#address.route);
    addEventListener("hashchange", () => this.#arrive());
    addEventListener("keydown", (event) => this.#press(event));
    this.#root.addEventListener("input", (event) => this.#keepAfterPause(event.target));
    document.addEventListener("visibilitychange", () => document.hidden && this.#finishTyping());
    watchIdle(() => this.#store.state().sealed, () => void this.#lock());
    watchInstall((install) => this.#change({ install }));
    this.#schedule();
  }

  /** After the first screen: what only later visits need must not make this one wait. */
  #settle(): void {
    registerServiceWorker((apply) => {
      this.#applyUpdate = apply;
      this.#change({ update_ready: true });
    });
  }

  #arrive(): void {
    // The field is still there, and what it stands in is still the register of before.
    this.#finishTyping();
    const before = addressOf(this.#address.route);
    this.#address = parseAddress(location.hash);
    if (addressOf(this.#address.route) !== before) {
      this.#arrived = true;
      this.#local = { ...this.#local, dialog: null, unfolded: new Set(), pinned: new Set(), roll_call: null };
      this.#store.actions.go(this.#address.route);
    }
    this.#schedule();
  }

  /** What keys do is fetched once somebody works here. One that comes before it is obeyed a moment later. */
  #press(event: KeyboardEvent): void {
    const handle = this.#keys;
    const words = this.#words;
    if (words === null) return;
    if (handle) handle(this.#view(this.#store.state(), words), event);
    else void this.#fetchKeys().then((fetched) => fetched?.(this.#view(this.#store.state(), words), event));
  }

  async #fetchKeys(): Promise<HandleKey | null> {
    this.#keys ??= await marking().then(({ handleKey }) => handleKey, () => null);
    return this.#keys;
  }

  #change(part: Partial<Local>): void {
    this.#local = { ...this.#local, ...part };
    this.#schedule();
  }

  #filter(filter: Address["filter"]): void {
    this.#address = { ...this.#address, filter };
    history.replaceState(null, "", addressOf(this.#address.route, filter));
    this.#change({ pinned: matching(this.#store.state().register?.rows ?? [], filter) });
  }

  #replace(route: Route): void {
    this.#address = { ...this.#address, route };
    history.replaceState(null, "", addressOf(route));
    this.#store.actions.go(route);
    this.#schedule();
  }

  #run(action: Promise<unknown>): void {
    this.#running.add(action);
    action
      .catch(() => this.#change({ failed: true, failures: this.#local.failures + 1 }))
      .finally(() => this.#running.delete(action));
  }

  /** Nothing half-typed is lost: leaving the field keeps it, and what is being kept is waited for. */
  async #update(): Promise<void> {
    this.#finishTyping();
    await Promise.allSettled([...this.#running]);
    this.#applyUpdate();
  }

  /** What is half typed is kept before it is locked away; what was searched for goes from the address. */
  async #lock(): Promise<void> {
    this.#finishTyping();
    await Promise.allSettled([...this.#running]);
    if (this.#address.filter.search) this.#filter(NO_FILTER);
    this.#run(this.#store.actions.lock(false));
  }

  /** Who pauses may have finished, and the battery may be empty before the field is left. */
  #keepAfterPause(field: EventTarget | null): void {
    clearTimeout(this.#pause);
    if (!(field instanceof HTMLInputElement) || field.type !== "text" || !("keep" in field.dataset)) return;
    this.#pause = setTimeout(() => field.isConnected && field.dispatchEvent(new Event("change")), PAUSE_MS);
  }

  /** A remark is kept when its field is left; a page that is hidden may never come back. */
  #finishTyping(): void {
    const { activeElement } = document;
    if (activeElement instanceof HTMLInputElement && "keep" in activeElement.dataset) activeElement.blur();
  }

  #schedule(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    const draw = (): void => {
      this.#drawing = false;
      this.#draw(this.#store.state());
    };
    // A hidden page gets no frames, but other tabs and the title still want the truth.
    if (document.hidden) setTimeout(draw);
    else requestAnimationFrame(draw);
  }

  #draw(state: State): void {
    this.#learnLanguage(state);
    // What was chosen is of the person who is gone.
    if (state.phase !== "ready" && (this.#local.hand_in || this.#local.office)) this.#local = { ...this.#local, hand_in: null, office: null };
    // Whoever signs in next begins at the beginning, not where somebody else has left.
    if (state.phase === "signed_out" && this.#somebody) location.hash = addressOf({ name: "today", date: null });
    if (state.phase !== "starting") this.#somebody = state.phase === "ready" || state.phase === "locked";
    if (state.phase === "ready" && this.#keys === null) void this.#fetchKeys();
    if (state.phase === "ready" && (this.#local.pin_forgotten || this.#local.shared_device)) {
      this.#local = { ...this.#local, pin_forgotten: false, shared_device: false };
    }
    if (!this.#words) return;
    const view = this.#view(state, this.#words);
    dress(state, view.t.language);
    document.title = pageTitle(view);
    if (!this.#drawn) {
      this.#drawn = true;
      this.#root.replaceChildren();
      setTimeout(() => this.#settle());
    }
    render(page(view), this.#root);
    // A question is modal from the moment it stands in the page.
    this.#root.querySelector<HTMLDialogElement>("dialog:not([open])")?.showModal();
    if (this.#arrived) {
      this.#arrived = false;
      scrollTo(0, 0);
      this.#root.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    }
  }

  /** Goes on in the words at hand until the wanted ones are there. Which are wanted is known once the settings are read. */
  #learnLanguage({ phase, settings: { language } }: State): void {
    if (phase === "starting" || language === this.#wanted) return;
    const catalogue = language === this.#likely?.language ? this.#likely.catalogue : loadCatalogue(language);
    // Should it fail it is asked for anew.
    this.#likely = null;
    this.#wanted = language;
    void catalogue.then((catalogue) => {
      if (language !== this.#wanted) return;
      if (catalogue) this.#words = translator(language, catalogue);
      else setTimeout(() => this.#forgetLanguage(), RETRY_MS);
      this.#schedule();
    });
  }

  #forgetLanguage(): void {
    this.#wanted = null;
    this.#schedule();
  }

  #view(state: State, t: Translate): View {
    return {
      state,
      actions: this.#store.actions,
      t,
      format: this.#formatsFor(t.language, state.time_zone),
      address: this.#address,
      local: this.#local,
      change: (part) => this.#change(part),
      filter: (filter) => this.#filter(filter),
      replace: (route) => this.#replace(route),
      run: (action) => this.#run(action),
      applyUpdate: () => void this.#update(),
      version: this.#version,
    };
  }

  /** Making them is slow; they change with the language and when the school's zone becomes known. */
  #formatsFor(language: Language, zone: string | null): Formats {
    if (this.#formats?.language !== language || this.#formats.zone !== zone) {
      this.#formats = { format: formats(language, zone), language, zone };
    }
    return this.#formats.format;
  }
}

/** Language, direction and theme of the page. */
function dress({ settings: { theme } }: State, language: Language): void {
  const { documentElement } = document;
  const { dir } = LANGUAGES[language];
  // Even the same language said again has every element of the page styled anew.
  if (documentElement.lang !== language) documentElement.lang = language;
  if (documentElement.dir !== dir) documentElement.dir = dir;
  if (theme === "system") delete documentElement.dataset["theme"];
  else if (documentElement.dataset["theme"] !== theme) documentElement.dataset["theme"] = theme;
}
