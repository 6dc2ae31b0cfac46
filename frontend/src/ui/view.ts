/** What every screen is handed: the store's state, its actions, the words, and what only the screens know. */
import type { TemplateResult, nothing } from "lit-html";
import type { Formats } from "../i18n/formats.ts";
import type { Translate } from "../i18n/translate.ts";
import type { Actions, HandedInFile, HandInOutcome, Problem, Route, State } from "../model.ts";
import type { OfficeDesk } from "./screens/office/desk.ts";
import type { Address } from "./routing.ts";

/** Something on the screen, or nothing. */
export type Shown = TemplateResult | typeof nothing;

/** A question that is open. */
export type Dialog =
  | { readonly name: "close" | "reopen" | "void" | "restore" | "sign_out" | "lesson" }
  | { readonly name: "discard"; readonly seqs: readonly number[] }
  | { readonly name: "contest"; readonly session_id: string; readonly student_id: string };

/** How the app can be put on the home screen of this device. */
export interface InstallView {
  /** Runs in a window of its own already. */
  readonly installed: boolean;
  /** Asks the browser to install; null where the browser does not let a page ask. */
  readonly ask: (() => void) | null;
  /** An iPhone or iPad, where people do it by hand. */
  readonly by_hand: boolean;
}

/** A file of unsent work that is being handed in. */
export interface HandIn {
  readonly file: HandedInFile | null;
  /** Why the file that was chosen cannot be handed in. */
  readonly wrong: "hand_in.not_a_file" | "hand_in.other_school" | null;
  readonly sending: boolean;
  /** By command id. */
  readonly outcomes: ReadonlyMap<string, HandInOutcome>;
  /** What stopped the last sending. */
  readonly stopped: Problem | null;
}

/** What the screens know beside the store: nothing of it is worth keeping over a reload. */
export interface Local {
  readonly dialog: Dialog | null;
  /** Students whose details are unfolded. */
  readonly unfolded: ReadonlySet<string>;
  /** Students who matched when the filter was set: they stay, so that no row runs away under the thumb. */
  readonly pinned: ReadonlySet<string>;
  /** The file that the office is handing in; null: none was chosen. */
  readonly hand_in: HandIn | null;
  /** What the office's screens know; null until one is opened. */
  readonly office: OfficeDesk | null;
  /** Which student's turn it is in the roll call, counted from 0; null: the list is shown. */
  readonly roll_call: number | null;
  /** Counts the actions that failed: a control that shows something else than the state is drawn anew. */
  readonly failures: number;
  /** The last action failed, and nobody has taken note yet. */
  readonly failed: boolean;
  /** A new version of the app waits for the teacher's word. */
  readonly update_ready: boolean;
  readonly install: InstallView;
  /** The tick of the sign-in form that asks for a PIN. */
  readonly shared_device: boolean;
  /** At the locked screen: the way in by the password was chosen. */
  readonly pin_forgotten: boolean;
}

/** Handed to every screen and part. */
export interface View {
  readonly state: State;
  readonly actions: Actions;
  readonly t: Translate;
  readonly format: Formats;
  readonly address: Address;
  readonly local: Local;
  /** Changes what only the screens know, and draws. */
  change(part: Partial<Local>): void;
  /** Changes the filter in the address, without a step in the history. */
  filter(filter: Address["filter"]): void;
  /** Changes what the address says of the same screen, without a step in the history. */
  replace(route: Route): void;
  /** Runs an action. When it fails the screen says so, and shows again what is really kept. */
  run(action: Promise<unknown>): void;
  /** Lets the waiting version take over. */
  applyUpdate(): void;
  /** The build that runs, as written into the page. */
  readonly version: string;
}
