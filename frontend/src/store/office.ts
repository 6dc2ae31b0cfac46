/** What the office asks for: commands of its own, and readings of the server. */

import type { Draft } from "../core/command.ts";
import { namedRegister, type Roster } from "../core/roster.ts";
import type { OfficeActions, Order } from "../office/model.ts";
import type { Work } from "./work.ts";

/** The actions on a person's work; `save` writes drafts as it writes those of marks. */
export function officeActions(work: () => Work, save: (work: Work, drafts: readonly Draft[]) => Promise<unknown>): OfficeActions {
  return {
    order: async (commands) => {
      // Just signed in, the office may be quicker than the list of the school, which says what a register is called.
      if (commands.some((command) => "session" in command) && rosterOf(work()) === undefined) await work().runNow();
      const roster = rosterOf(work());
      await save(work(), commands.map((command) => draftOf(roster, command)));
    },
    ask: (request) => {
      const position = work().desk()?.ledger.position ?? null;
      const headers = position === null || request.method !== undefined ? {} : { "Muster-After": position };
      return work().sign_in.request({ ...request, headers: { ...headers, ...request.headers } });
    },
    keptReadings: async () => (await work().store.reference("readings")) ?? [],
    keepReadings: (readings) => work().store.keepReference("readings", readings),
  };
}

function rosterOf(work: Work): Roster | undefined {
  return work.desk()?.roster?.roster;
}

/** A command with what it is about. */
function draftOf(roster: Roster | undefined, command: Order["command"]): Draft {
  if ("exception_id" in command) return { command, session_id: command.exception_id, about: "exception", since_seq: null };
  if ("sign_off_id" in command) return { command, session_id: command.sign_off_id, about: "sign_off", since_seq: null };
  if (command.type === "MergeStudents" || command.type === "UndoMerge") return { command, session_id: command.student_id, about: "alias", since_seq: null };
  if (!("session" in command)) return { command, session_id: command.class_id, about: "roll", since_seq: null };
  if (roster === undefined) throw new Error("the school is not on this device yet");
  const { key, session_id } = namedRegister(roster, command.session);
  return { command: { ...command, session: key }, session_id, since_seq: null };
}
