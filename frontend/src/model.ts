/**
 * What the screens see and what they can ask for. The core (storage, outbox, sync) fills the state; the screens only
 * render it and call actions. Neither knows how the other works.
 */
import type { OfficeActions, OfficeRoute, OfficeState } from "./office/model.ts";

export type Status = "present" | "absent" | "late" | "excused";
export type EntryStatus = Status | "unmarked";
export type Language = "en" | "sw" | "fr" | "ar";

/** ISO date, the school's calendar day. */
export type DateText = string;
/** RFC 3339, UTC, milliseconds. */
export type InstantText = string;

/** The longest remark and the longest reason that the server takes, in characters. */
export const LONGEST_TEXT = 500;
/** The latest that the server takes a student to be, in minutes. */
export const MOST_MINUTES_LATE = 240;

/** What identifies one register. Two devices that name the same four things meet in the same register. */
export interface RegisterKey {
  readonly class_id: string;
  readonly date: DateText;
  readonly subject_id: string | null;
  readonly slot: string | null;
}

/**
 * How far a mark has come. `here`: the transaction on this device is complete. `sending`: in a request under way.
 * `received`: the server answered for it. `attention`: the server refused it; it stays until somebody decides.
 */
export type Saved = "here" | "sending" | "received" | "attention";

/** A problem in words a person understands; `slug` is the contract's, `detail` the server's sentence. */
export interface Problem {
  readonly slug: string;
  readonly title: string;
  readonly detail: string | null;
}

/** One student of a register, as shown: the server's view with what this device has marked since laid over it. */
export interface RegisterRow {
  readonly student_id: string;
  readonly name: string;
  readonly admission_number: string | null;
  readonly on_roster: boolean;
  readonly status: EntryStatus;
  readonly minutes_late: number | null;
  readonly remarks: string | null;
  /** Null while unmarked and untouched. */
  readonly saved: Saved | null;
  readonly problem: Problem | null;
  /** Who made the mark that counts, when it was not made on this device. */
  readonly marked_by: { readonly id: string; readonly name: string } | null;
  readonly corrected: boolean;
  /** An approved exception that covers this register: shown, never pre-decided. `to` is its last day. */
  readonly covered: { readonly category: string; readonly to: DateText } | null;
  readonly conflict: Conflict | null;
}

/** What a row counts as: absent under an approved exception is excused, as in every count and rate. */
export function countsAs(row: Pick<RegisterRow, "status" | "covered">): EntryStatus {
  return row.status === "absent" && row.covered ? "excused" : row.status;
}

/** This teacher's mark against another person's. */
export interface Conflict {
  readonly kind: string;
  readonly other_by: string;
  readonly other_status: EntryStatus;
  readonly other_at: InstantText;
}

export interface Counts {
  readonly roster: number;
  readonly marked: number;
  readonly unmarked: number;
  readonly present: number;
  readonly absent: number;
  readonly late: number;
  readonly excused: number;
}

/** An open register screen. */
export interface RegisterView {
  readonly key: RegisterKey;
  readonly session_id: string;
  readonly class_title: string;
  readonly subject_title: string | null;
  readonly slot_title: string | null;
  /** `not_taken`: nobody has opened or marked it, as far as this device knows. */
  readonly status: "not_taken" | "open" | "closed";
  readonly void: boolean;
  /** Why there can be no such register for this person; then it has no lines. Null: there can be. */
  readonly why_not: "unknown_class" | "unknown_subject" | "no_term" | null;
  /** The server would refuse this person's marks by what this device knows of the time, of which it may be wrong. */
  readonly out_of_time: "to_come" | "too_old" | null;
  /** For how many days after its date a teacher may mark it. */
  readonly edit_days: number;
  readonly rows: readonly RegisterRow[];
  readonly counts: Counts;
  /** Commands of this register that the server has not answered for. */
  readonly unsent: number;
  /** When the server's view that this is based on was fetched; null: never on this device. */
  readonly fetched_at: InstantText | null;
  readonly closed_at: InstantText | null;
  readonly closed_by: string | null;
  /** Until when this teacher may reopen it without the office; null: not (any more). */
  readonly reopen_until: InstantText | null;
  /** What the last bulk action or void can be undone to, for ten seconds; null when there is nothing to undo. */
  readonly undo: { readonly label: "rest_present" | "void"; readonly until: InstantText } | null;
  /** When the slot begins, for the default of the late stepper; null when the roster does not say. */
  readonly slot_start: InstantText | null;
}

/** One card of Today. */
export interface TodayCard {
  readonly key: RegisterKey;
  readonly session_id: string;
  readonly class_title: string;
  readonly subject_title: string | null;
  readonly slot_title: string | null;
  readonly slot_start: string | null;
  readonly state: "not_taken" | "missing" | "open" | "closed" | "void";
  readonly counts: Counts;
  readonly unsent: number;
}

/** What else Today knows of the day it shows. */
export interface DayView {
  /** By the school's calendar. */
  readonly has_school: boolean;
  /** Of what a register can be taken: the classes of the person, each with the parts of the day that are theirs. */
  readonly classes: readonly {
    readonly class_id: string;
    readonly title: string;
    /** No slot is the register of the whole day. */
    readonly slots: readonly { readonly slot: string | null; readonly title: string | null }[];
  }[];
  readonly subjects: readonly { readonly id: string; readonly title: string }[];
}

/** A line of the sync centre: one register's commands that are not received. */
export interface UnsentGroup {
  readonly session_id: string;
  readonly key: RegisterKey | null;
  /** The class, or whose excuse it is. */
  readonly class_title: string;
  readonly count: number;
  readonly oldest_at: InstantText;
}

/** A command that the server refused. It stays here until it is resent or discarded by hand. */
export interface NeedsAttention {
  readonly seq: number;
  readonly command_id: string;
  readonly session_id: string;
  readonly type: string;
  readonly key: RegisterKey | null;
  readonly class_title: string;
  readonly student_name: string | null;
  readonly status: EntryStatus | null;
  readonly occurred_at: InstantText;
  readonly problem: Problem;
}

/** A conflict of this teacher's marks, from the server. */
export interface ConflictLine {
  readonly session_id: string;
  readonly key: RegisterKey;
  readonly class_title: string;
  readonly student_id: string;
  readonly student_name: string;
  readonly mine: { readonly status: EntryStatus; readonly at: InstantText };
  readonly other: { readonly by: string; readonly status: EntryStatus; readonly at: InstantText };
  readonly kind: string;
  readonly state: "open" | "contested" | "settled";
  /**
   * What saying my mark again would come to: it `counts`; the register is `closed`, so it stands there without counting; the
   * office has `corrected` it, so it counts no more but is shown to the office as contested. Null: it cannot be said again.
   */
  readonly contest: "counts" | "closed" | "corrected" | null;
  /** How far my mark has come, once it was said again and the server's list does not know it yet. */
  readonly said_again: Saved | null;
}

/** A conflict as the server lists it; what this device did since is not in it. */
export type ListedConflict = Omit<ConflictLine, "said_again">;

/** A mark of this teacher's that counted, and does not any more because of somebody else. */
export interface UncountedLine {
  readonly session_id: string;
  readonly key: RegisterKey;
  readonly class_title: string;
  readonly student_id: string;
  readonly student_name: string;
  readonly mine: { readonly status: EntryStatus; readonly at: InstantText };
  /** What counts now; `by` is null when nothing does, because the register was closed before the mark. */
  readonly now: { readonly status: EntryStatus; readonly by: string | null; readonly at: InstantText | null };
}

/** Why nothing is being sent just now, or that it is. */
export type SyncStatus =
  | { readonly kind: "idle" }
  | { readonly kind: "sending" }
  /** No answer from the server since `since`; `retry_at` is when it is tried again by itself. */
  | { readonly kind: "unreachable"; readonly since: InstantText; readonly retry_at: InstantText | null }
  /** The server asked to wait (429, 503). */
  | { readonly kind: "waiting"; readonly retry_at: InstantText | null; readonly problem: Problem }
  /** The sign-in has run out: work goes on here, sending waits for a sign-in. */
  | { readonly kind: "sign_in_needed" };

export interface SyncView {
  readonly status: SyncStatus;
  /** Commands that the server has not answered for, needs-attention not counted. */
  readonly unsent: number;
  readonly attention: readonly NeedsAttention[];
  readonly groups: readonly UnsentGroup[];
  readonly conflicts: readonly ConflictLine[];
  /** Until the teacher has seen them. */
  readonly uncounted: readonly UncountedLine[];
  /** Commands that the server does not have, sealed under an earlier PIN and password: they wait for one of these. */
  readonly closed: number;
  /** When the server last answered anything; null: never on this device. */
  readonly last_heard_at: InstantText | null;
  /** The device's clock minus the server's, when known and over two minutes either way; else null. */
  readonly clock_wrong_by_ms: number | null;
}

export interface HistoryLine {
  readonly seq: number;
  readonly type: string;
  readonly class_title: string;
  readonly key: RegisterKey | null;
  readonly student_name: string | null;
  readonly status: EntryStatus | null;
  readonly occurred_at: InstantText;
  readonly saved: Saved;
  /** The contract's effect, as last answered; null until the server answered. */
  readonly effect: string | null;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: "teacher" | "admin" | "auditor";
  readonly school_id: string;
}

export interface StorageView {
  /** Bytes used and allowed, when the browser says. */
  readonly used: number | null;
  readonly quota: number | null;
  /** Whether the browser promised not to evict; null: unknown. */
  readonly persisted: boolean | null;
  /** A write was refused for lack of space: marks are NOT saved until this clears. */
  readonly full: boolean;
}

export type Route =
  | { readonly name: "today"; readonly date: DateText | null }
  | { readonly name: "register"; readonly key: RegisterKey }
  | { readonly name: "sync" }
  | { readonly name: "history" }
  | { readonly name: "settings" }
  | { readonly name: "hand_in" }
  | OfficeRoute;

export interface Settings {
  readonly language: Language;
  readonly theme: "system" | "light" | "dark";
  readonly shortcuts: boolean;
}

/** Work that is sealed on this device, waiting for its PIN. */
export interface LockView {
  readonly name: string;
  /** The last PIN was wrong. */
  readonly wrong: boolean;
  /** Until when no PIN is looked at, by this device's clock; null: one may be tried. */
  readonly wait_until: InstantText | null;
  /** The PIN is being looked at, which takes a moment on purpose. */
  readonly busy: boolean;
}

/** A command of a file of unsent work. */
export interface HandedInCommand {
  /** As on the wire. */
  readonly command: Readonly<Record<string, unknown>>;
  readonly command_id: string;
  readonly type: string;
  readonly occurred_at: InstantText;
  /** Whether the device had corrected the time by what it knew of the server's clock. */
  readonly is_corrected: boolean;
  /** Null where the school has no such class or student (any more), or the command is about none. */
  readonly class_title: string | null;
  readonly student_name: string | null;
  readonly date: DateText | null;
  readonly status: string | null;
}

/** A file of unsent work, as somebody's app saved it. */
export interface HandedInFile {
  readonly school_id: string;
  readonly actor: { readonly id: string; readonly name: string };
  readonly device_id: string;
  readonly app_version: string;
  readonly exported_at: InstantText;
  readonly commands: readonly HandedInCommand[];
}

/** What became of a command that was handed in: the contract's word, with the problem if it was rejected. */
export interface HandInOutcome {
  readonly command_id: string;
  readonly outcome: string;
  readonly problem: Problem | null;
}

/** Everything the screens render from. Replaced as a whole on every change; parts that did not change stay identical. */
export interface State {
  /** `starting` until the device's own data was read; `signed_out` shows the sign-in screen. */
  readonly phase: "starting" | "signed_out" | "locked" | "ready" | "blocked_by_other_tab" | "storage_failed";
  /** Whose work waits for the PIN; null unless locked. */
  readonly lock: LockView | null;
  /** What is kept of this person is sealed, and can be locked. */
  readonly sealed: boolean;
  readonly person: Person | null;
  readonly school_name: string | null;
  readonly school_code: string | null;
  /** IANA name of the school's time zone, from the roster: every time on the screens is in it. Null: never fetched. */
  readonly time_zone: string | null;
  readonly route: Route;
  readonly settings: Settings;
  readonly online: boolean;
  /** The school's day now, by the best estimate of the server's clock and the school's time zone. */
  readonly today: DateText | null;
  readonly cards: readonly TodayCard[];
  /** Of the day that Today shows; null before any roster was fetched, and on the other screens. */
  readonly day: DayView | null;
  readonly register: RegisterView | null;
  readonly sync: SyncView;
  readonly history: readonly HistoryLine[];
  readonly office: OfficeState | null;
  readonly storage: StorageView;
  /** The sign-in that failed, in words; null otherwise. */
  readonly sign_in_problem: Problem | null;
  readonly signing_in: boolean;
  /** A short word about something that just happened or failed, until dismissed. */
  readonly notice: { readonly kind: "info" | "error"; readonly text_key: string; readonly values?: Readonly<Record<string, string>> } | null;
}

/** What the screens may ask for. Each resolves when the device has it (transaction complete), never when the server does. */
export interface Actions {
  /** What only the office may ask for; fetched with the first of it. */
  office(): Promise<OfficeActions>;
  /** On a shared device what is kept is sealed under `pin`; null: under the PIN of before. */
  signIn(input: { school_code: string; username: string; password: string; shared_device: boolean; pin?: string | null }): Promise<void>;
  /** Locks what is sealed until the PIN is entered; `everywhere`: in all tabs. */
  lock(everywhere: boolean): Promise<void>;
  unlock(pin: string): Promise<void>;
  /** Opens what was sealed under an earlier PIN or password, with either of them. */
  openSealed(secret: string): Promise<void>;
  /** With unsent work the caller must have asked the teacher first. `keep`: the outbox stays until this user returns. */
  signOut(unsent: "send" | "keep" | "discard"): Promise<void>;
  go(route: Route): void;
  /** What is not named stays as it is, the status too if it is null; minutes only stay with `late`. */
  mark(student_id: string, status: Status | null, detail?: { minutes_late?: number | null; remarks?: string | null }): Promise<void>;
  /** Late by `step` minutes more (or less) than when its turn comes, within what the server allows: quick taps add up. */
  addMinutesLate(student_id: string, step: number): Promise<void>;
  clearMark(student_id: string): Promise<void>;
  markRestPresent(): Promise<void>;
  undo(): Promise<void>;
  closeRegister(): Promise<void>;
  /** `count_since`: marks made since the close count (effective_at = the close); else from now on. */
  reopenRegister(reason: string, count_since: boolean): Promise<void>;
  voidLesson(reason: string): Promise<void>;
  restoreLesson(reason: string): Promise<void>;
  sendNow(): Promise<void>;
  /** Judged afresh by the server, same commands. */
  resend(seqs: readonly number[]): Promise<void>;
  discard(seqs: readonly number[]): Promise<void>;
  /** Says a mark again that lost, with the reason as its remark: a mark like any other, from now. */
  contest(session_id: string, student_id: string, remarks: string): Promise<void>;
  /** The teacher has seen which marks do not count any more. */
  seenUncounted(): Promise<void>;
  /** Everything unsent and needing attention, as the text of a JSON file that the office can load. */
  exportUnsent(): Promise<string>;
  /** A file of unsent work from its text; null if it is none. */
  readUnsentFile(text: string): Promise<HandedInFile | null>;
  /**
   * The office hands in the commands of a file that `is_open` names, in the name of the person they are from; `told` hears
   * each answer. Answers what stopped it; null when all were answered.
   */
  handIn(file: HandedInFile, is_open: (command_id: string) => boolean, told: (outcomes: readonly HandInOutcome[]) => void): Promise<Problem | null>;
  setSettings(change: Partial<Settings>): Promise<void>;
  dismissNotice(): void;
  /** Asks the browser to keep this device's data; the answer shows in `storage.persisted`. */
  askToPersist(): Promise<void>;
}

/** The one store. */
export interface Store {
  state(): State;
  subscribe(listener: (state: State) => void): () => void;
  readonly actions: Actions;
}
