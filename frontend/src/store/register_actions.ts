/**
 * What a teacher can do on the register that is open. A tap is saved only after the taps before it, and says what it
 * says of the register as those have left it: on the screen stands what was there when the last of them was saved.
 */

import type { Actions, RegisterRow, RegisterView, State } from "../model.ts";
import { instant, type Tapped } from "../core/clock.ts";
import type { Draft, OutboxRow } from "../core/command.ts";
import {
  clearDraft, closeDraft, markDraft, reopenDraft, restPresentDrafts, undoDrafts, voidDraft,
} from "../core/drafts.ts";
import { readerOf, unreflectedRows, type Desk } from "../core/desk.ts";
import { overlay, type ShownRegister } from "../core/overlay.ts";
import { registerView } from "../core/register_view.ts";
import type { Snapshot } from "../core/snapshot.ts";
import { turns } from "./turns.ts";
import type { UndoOf } from "./ui_state.ts";
import type { Work } from "./work.ts";

/** What these actions need from the store. */
export interface RegisterParts {
  state(): State;
  /** The signed-in person's work; fails if there is none. */
  work(): Work;
  save(work: Work, drafts: readonly Draft[], tapped: Tapped): Promise<readonly OutboxRow[]>;
  undo(): UndoOf | null;
  setUndo(undo: UndoOf | null): void;
}

type RegisterActions = Pick<
  Actions,
  | "mark" | "addMinutesLate" | "clearMark" | "markRestPresent" | "undo"
  | "closeRegister" | "reopenRegister" | "voidLesson" | "restoreLesson"
>;

/** For how long a bulk action can be undone. */
const UNDO_MS = 10_000;
/** What the audit trail says of a void that was taken back with the undo button. */
const UNDONE = "Undone at once";

/** The register of a tap, when the turn of that tap has come. */
interface Turn {
  readonly view: RegisterView;
  readonly desk: Desk;
  save(...drafts: readonly Draft[]): Promise<readonly OutboxRow[]>;
  offerUndo(label: UndoOf["label"], rows: readonly OutboxRow[]): void;
}

/** The actions. */
export function registerActions(parts: RegisterParts): RegisterActions {
  const after = turns();
  // Whose work, which register and when belong to the tap, wherever the teacher has gone since.
  const inTurn = async (act: (turn: Turn) => Promise<unknown>): Promise<void> => {
    const opened = openRegister(parts.state());
    const work = parts.work();
    const tapped = work.tapped();
    const snapshot = deskOf(work).snapshots.get(opened.session_id) ?? null;
    await after(async () => {
      const desk = withSnapshot(deskOf(work), snapshot);
      const view = viewNow(parts, work, desk, opened);
      await act({
        view,
        desk,
        save: (...drafts) => parts.save(work, drafts, tapped),
        offerUndo: (label, rows) => parts.setUndo({
          label,
          until: instant(work.now_ms() + UNDO_MS),
          session_id: view.session_id,
          command_ids: new Set(rows.map((row) => row.command_id)),
        }),
      });
    });
  };
  return {
    mark: (student_id, given, detail = {}) => inTurn(async ({ view, save }) => {
      const row = rowOf(view, student_id);
      const status = given ?? row.status;
      // There is nothing to remark on any more when the mark was taken away meanwhile.
      if (status !== "unmarked") await save(markDraft(view, row, status, detail));
    }),
    addMinutesLate: (student_id, step) => inTurn(({ view, save }) => {
      const row = rowOf(view, student_id);
      return save(markDraft(view, row, "late", { minutes_late: (row.minutes_late ?? 0) + step }));
    }),
    clearMark: (student_id) => inTurn(({ view, save }) => save(clearDraft(view, student_id))),
    markRestPresent: () => inTurn(async ({ view, save, offerUndo }) => {
      const drafts = restPresentDrafts(view);
      if (drafts.length > 0) offerUndo("rest_present", await save(...drafts));
    }),
    undo: () => inTurn(async ({ view, desk, save }) => {
      const undo = parts.undo();
      if (undo === null || view.undo === null) return;
      parts.setUndo(null);
      if (undo.label === "void") await save(voidDraft(view, "RestoreSession", UNDONE));
      else await save(...undoDrafts(view, shownOf(desk, view), undo.command_ids));
    }),
    closeRegister: () => inTurn(({ view, save }) => {
      // What is taken back after the close does not count any more.
      parts.setUndo(null);
      return save(closeDraft(view));
    }),
    reopenRegister: (reason, count_since) => inTurn(({ view, desk, save }) => {
      const shown = shownOf(desk, view);
      const close = shown.close_seq === null ? undefined : desk.rows.get(shown.close_seq);
      return save(reopenDraft(view, shown, reason, count_since, close?.occurred_at != null));
    }),
    voidLesson: (reason) => inTurn(async ({ view, save, offerUndo }) =>
      offerUndo("void", await save(voidDraft(view, "VoidSession", reason)))),
    restoreLesson: (reason) => inTurn(({ view, save }) => {
      parts.setUndo(null);
      return save(voidDraft(view, "RestoreSession", reason));
    }),
  };
}

/** The register as the taps before have left it: what the screen shows, or if it shows something else by now, what it would. */
function viewNow(parts: RegisterParts, work: Work, desk: Desk, opened: RegisterView): RegisterView {
  const { register, person } = parts.state();
  const is_shown = register?.session_id === opened.session_id && person?.id === work.person.id;
  if (is_shown && desk === work.desk()) return register;
  const input = { desk, rows_by_session: unreflectedRows(desk), sending: new Set<number>(), now_ms: work.now_ms() };
  return registerView(input, opened.key, parts.undo()) ?? opened;
}

function openRegister(state: State): RegisterView {
  if (state.register === null) throw new Error("no register is open");
  return state.register;
}

function rowOf(view: RegisterView, student_id: string): RegisterRow {
  const row = view.rows.find((one) => one.student_id === student_id);
  if (row === undefined) throw new Error("the student is not in this register");
  return row;
}

function deskOf(work: Work): Desk {
  const desk = work.desk();
  if (desk === null) throw new Error("nothing was read yet");
  return desk;
}

/** What was read of the register before the teacher left it, unless it was read again since. */
function withSnapshot(desk: Desk, before: Snapshot | null): Desk {
  if (before === null || desk.snapshots.has(before.session_id)) return desk;
  return { ...desk, snapshots: new Map([...desk.snapshots, [before.session_id, before]]) };
}

function shownOf(desk: Desk, view: RegisterView): ShownRegister {
  const rows = unreflectedRows(desk).get(view.session_id) ?? [];
  return overlay(desk.snapshots.get(view.session_id) ?? null, rows, readerOf(desk));
}
