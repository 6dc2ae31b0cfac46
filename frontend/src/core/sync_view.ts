/** What was not received, why, and what was refused. */

import type { HistoryLine, ListedConflict, NeedsAttention, Saved, SyncStatus, SyncView, UncountedLine, UnsentGroup } from "../model.ts";
import { clockWrongBy } from "./clock.ts";
import { registerOf, studentOf, type OutboxRow } from "./command.ts";
import type { Desk } from "./desk.ts";
import { happenedAt, problemOfRow } from "./outbox.ts";
import { savedOfRow } from "./register_rows.ts";
import { classOf, studentById } from "./roster.ts";
import { indexOf } from "./rows.ts";
import type { Uncounted } from "./uncounted.ts";

/** How many commands the history shows. */
export const HISTORY_LENGTH = 200;

/** The sync centre; `groups` if they are known already, or nobody sees them now. */
export function syncView(desk: Desk, status: SyncStatus, sending: ReadonlySet<number>, offset_ms: number, groups = groupsOf(desk)): SyncView {
  const { by_register, queued, attention } = indexOf(desk.rows);
  return {
    status,
    unsent: queued,
    attention: attention.map((row) => attentionOf(desk, row)),
    groups,
    conflicts: desk.conflicts.map((line) => ({ ...line, said_again: saidAgain(line, by_register.get(line.session_id) ?? [], sending) })),
    uncounted: desk.uncounted.map((one) => uncountedOf(desk, one)),
    closed: desk.closed_rows,
    last_heard_at: desk.ledger.last_heard_at,
    clock_wrong_by_ms: clockWrongBy(offset_ms),
  };
}

/** How far the last mark is that this device made of the student after the one of the list; `rows` are those of the register. */
function saidAgain(line: ListedConflict, rows: readonly OutboxRow[], sending: ReadonlySet<number>): Saved | null {
  const later = rows.filter((row) => studentOf(row.command) === line.student_id && happenedAt(row) > line.mine.at);
  const last = later.sort((a, b) => a.seq - b.seq).at(-1);
  return last === undefined ? null : savedOfRow(last, sending);
}

function uncountedOf(desk: Desk, { session_id, key, student_id, mine, now }: Uncounted): UncountedLine {
  const roster = desk.roster?.roster ?? null;
  return {
    session_id,
    key,
    class_title: classOf(roster, key.class_id)?.title ?? "",
    student_id,
    student_name: studentById(roster, student_id)?.name ?? "",
    mine,
    now,
  };
}

function groupsOf(desk: Desk): readonly UnsentGroup[] {
  const groups = new Map<string, { first: OutboxRow; count: number }>();
  for (const row of desk.rows.values()) {
    if (row.state !== "queued") continue;
    const group = groups.get(row.session_id);
    if (group === undefined) groups.set(row.session_id, { first: row, count: 1 });
    else {
      group.count += 1;
      if (row.seq < group.first.seq) group.first = row;
    }
  }
  return [...groups].map(([session_id, { first, count }]) => ({
    session_id,
    key: registerOf(first.command),
    class_title: classTitle(desk, first) || (studentNameOf(desk, first) ?? ""),
    count,
    oldest_at: happenedAt(first),
  }));
}

function attentionOf(desk: Desk, row: OutboxRow): NeedsAttention {
  const { saved: _saved, effect: _effect, ...line } = lineOf(desk, row, new Set());
  return { ...line, command_id: row.command_id, session_id: row.session_id, problem: problemOfRow(row) };
}

/** The last commands of this device, newest first. */
export function historyLines(desk: Desk, sending: ReadonlySet<number>): readonly HistoryLine[] {
  const rows = [...desk.rows.values()].sort((a, b) => b.seq - a.seq).slice(0, HISTORY_LENGTH);
  return rows.map((row) => lineOf(desk, row, sending));
}

function lineOf(desk: Desk, row: OutboxRow, sending: ReadonlySet<number>): HistoryLine {
  const { command } = row;
  return {
    seq: row.seq,
    type: command.type,
    class_title: classTitle(desk, row),
    key: registerOf(command),
    student_name: studentNameOf(desk, row),
    status: "status" in command ? command.status : command.type === "ClearMark" ? "unmarked" : null,
    occurred_at: happenedAt(row),
    saved: savedOfRow(row, sending),
    effect: row.effect,
  };
}

function classTitle(desk: Desk, { command }: OutboxRow): string {
  const class_id = "class_id" in command ? command.class_id : registerOf(command)?.class_id;
  return class_id === undefined || class_id === null ? "" : classOf(desk.roster?.roster ?? null, class_id)?.title ?? "";
}

function studentNameOf(desk: Desk, { command }: OutboxRow): string | null {
  const student_id = studentOf(command);
  return student_id === null ? null : studentById(desk.roster?.roster ?? null, student_id)?.name ?? null;
}
