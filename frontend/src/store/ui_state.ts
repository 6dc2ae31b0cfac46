/** What the store knows beside a person's desk: where they are in the app, and how the device is. */

import type { Language, LockView, Problem, Route, Settings, State, StorageView, SyncStatus } from "../model.ts";
import type { Undoable } from "../core/register_view.ts";

/** A bulk action that can be undone: which register, what it did, until when. */
export interface UndoOf extends Undoable {
  readonly command_ids: ReadonlySet<string>;
}

export interface UiState {
  readonly phase: State["phase"];
  readonly lock: LockView | null;
  readonly sealed: boolean;
  readonly school_code: string | null;
  readonly route: Route;
  readonly settings: Settings;
  readonly online: boolean;
  readonly storage: StorageView;
  readonly sign_in_problem: Problem | null;
  readonly signing_in: boolean;
  readonly notice: State["notice"];
  readonly undo: UndoOf | null;
  readonly status: SyncStatus;
  readonly sending: ReadonlySet<number>;
}

/** Before anything was read; `language` is for a device on which nobody has chosen any. */
export function startingUi(online: boolean, language: Language): UiState {
  return {
    phase: "starting",
    lock: null,
    sealed: false,
    school_code: null,
    route: { name: "today", date: null },
    settings: { language, theme: "system", shortcuts: true },
    online,
    storage: { used: null, quota: null, persisted: null, full: false },
    sign_in_problem: null,
    signing_in: false,
    notice: null,
    undo: null,
    status: { kind: "idle" },
    sending: new Set(),
  };
}
