/** The one store of the app: what the screens render from, and the actions they may ask for. */

import type { Actions, State, Store } from "./model.ts";

/** What is shown before the device's own data was read. */
const STARTING: State = {
  phase: "starting",
  person: null,
  school_name: null,
  school_code: null,
  time_zone: null,
  route: { name: "today", date: null },
  settings: { language: "en", theme: "system", shortcuts: true },
  online: true,
  today: null,
  cards: [],
  register: null,
  sync: { status: { kind: "idle" }, unsent: 0, attention: [], groups: [], conflicts: [], last_heard_at: null, clock_wrong_by_ms: null },
  history: [],
  storage: { used: null, quota: null, persisted: null, full: false },
  sign_in_problem: null,
  signing_in: false,
  notice: null,
};

/** Makes the store. The core fills in the actions as it is built. */
export function createStore(): Store {
  let state = STARTING;
  const listeners = new Set<(state: State) => void>();
  const set = (change: Partial<State>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener(state);
  };
  const later = (): Promise<never> => Promise.reject(new Error("being built"));
  const actions: Actions = {
    signIn: later,
    signOut: later,
    go: (route) => set({ route }),
    mark: later,
    clearMark: later,
    markRestPresent: later,
    undo: later,
    closeRegister: later,
    reopenRegister: later,
    voidLesson: later,
    restoreLesson: later,
    sendNow: later,
    resend: later,
    discard: later,
    exportUnsent: later,
    setSettings: later,
    dismissNotice: () => set({ notice: null }),
    askToPersist: later,
  };
  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    actions,
  };
}
