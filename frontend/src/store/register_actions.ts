/** What a teacher can do on the register that is open. */

import type { Actions, RegisterRow, RegisterView, State } from "../model.ts";
import type { Draft, OutboxRow } from "../core/command.ts";
import {
  clearDraft, closeDraft, markDraft, reopenDraft, restPresentDrafts, undoDrafts, voidDraft,
} from "../core/drafts.ts";
import { readerOf, unreflectedRows } from "../core/desk.ts";
import { overlay, type ShownRegister } from "../core/overlay.ts";
import type { UndoOf } from "./ui_state.ts";
import type { Work } from "./work.ts";

/** What these actions need from the store. */
export interface RegisterParts {
  state(): State;
  /** The signed-in person's work; fails if there is none. */
  work(): Work;
  save(drafts: readonly Draft[]): Promise<readonly OutboxRow[]>;
  undo(): UndoOf | null;
  setUndo(undo: UndoOf | null): void;
  now_ms(): number;
}

type RegisterActions = Pick<
  Actions,
  "mark" | "clearMark" | "markRestPresent" | "undo" | "closeRegister" | "reopenRegister" | "voidLesson" | "restoreLesson"
>;

/** For how long a bulk action can be undone. */
const UNDO_MS = 10_000;
/** What the audit trail says of a void that was taken back with the undo button. */
const UNDONE = "Undone at once";

/** The actions. */
export function registerActions(parts: RegisterParts): RegisterActions {
  const offerUndo = (label: UndoOf["label"], view: RegisterView, rows: readonly OutboxRow[]): void => {
    const until = new Date(parts.now_ms() + UNDO_MS).toISOString();
    parts.setUndo({ label, until, session_id: view.session_id, command_ids: new Set(rows.map((row) => row.command_id)) });
  };
  return {
    async mark(student_id, status, detail = {}) {
      const view = openRegister(parts.state());
      await parts.save([markDraft(view, rowOf(view, student_id), status, detail)]);
    },
    async clearMark(student_id) {
      await parts.save([clearDraft(openRegister(parts.state()), student_id)]);
    },
    async markRestPresent() {
      const view = openRegister(parts.state());
      const drafts = restPresentDrafts(view);
      if (drafts.length > 0) offerUndo("rest_present", view, await parts.save(drafts));
    },
    async undo() {
      const view = openRegister(parts.state());
      const undo = parts.undo();
      if (undo === null || view.undo === null) return;
      parts.setUndo(null);
      if (undo.label === "void") await parts.save([voidDraft(view, "RestoreSession", UNDONE)]);
      else {
        const drafts = undoDrafts(view, shownNow(parts.work(), view), undo.command_ids);
        if (drafts.length > 0) await parts.save(drafts);
      }
    },
    async closeRegister() {
      await parts.save([closeDraft(openRegister(parts.state()))]);
    },
    async reopenRegister(reason, count_since) {
      const view = openRegister(parts.state());
      const shown = shownNow(parts.work(), view);
      const close = shown.close_seq === null ? undefined : parts.work().desk()?.rows.get(shown.close_seq);
      await parts.save([reopenDraft(view, shown, reason, count_since, close?.occurred_at != null)]);
    },
    async voidLesson(reason) {
      const view = openRegister(parts.state());
      offerUndo("void", view, await parts.save([voidDraft(view, "VoidSession", reason)]));
    },
    async restoreLesson(reason) {
      parts.setUndo(null);
      await parts.save([voidDraft(openRegister(parts.state()), "RestoreSession", reason)]);
    },
  };
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

function shownNow(work: Work, view: RegisterView): ShownRegister {
  const desk = work.desk();
  if (desk === null) throw new Error("nothing was read yet");
  const rows = unreflectedRows(desk).get(view.session_id) ?? [];
  return overlay(desk.snapshots.get(view.session_id) ?? null, rows, readerOf(desk));
}
