/** What the server refused, as far as it can be read. Pure. */

import type { components } from "../api/query-api.d.ts";
import type { Problem, RegisterKey } from "../model.ts";
import { isDay, isRecord, textOf } from "./shapes.ts";

type RefusalItem = components["schemas"]["RefusalItem"];

/** What a refused command was about. */
export interface RefusedCommand {
  /** Null: about no register, or it cannot be read (any more). */
  readonly key: RegisterKey | null;
  readonly student_id: string | null;
  readonly class_id: string | null;
}

const UNREADABLE: RefusedCommand = { key: null, student_id: null, class_id: null };

/** Reads the command as it was sent: somebody else's text, and perhaps cut off. */
export function refusedCommand({ command }: RefusalItem): RefusedCommand {
  if (command == null) return UNREADABLE;
  try {
    const sent: unknown = JSON.parse(command);
    if (!isRecord(sent)) return UNREADABLE;
    const key = isRecord(sent["session"]) ? keyOf(sent["session"]) : null;
    return { key, student_id: textOf(sent["student_id"]), class_id: key?.class_id ?? textOf(sent["class_id"]) };
  } catch {
    return UNREADABLE;
  }
}

function keyOf(session: Record<string, unknown>): RegisterKey | null {
  const [class_id, date] = [textOf(session["class_id"]), textOf(session["date"])];
  if (class_id === null || date === null || !isDay(date)) return null;
  return { class_id, date, subject_id: textOf(session["subject_id"]), slot: textOf(session["slot"]) };
}

/** Why, as the problem that the sender was told. */
export function problemOfRefusal({ type, detail }: RefusalItem): Problem {
  return { slug: type.split("/").pop() ?? type, title: "", detail };
}
