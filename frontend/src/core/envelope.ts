/** Batches as they go over the wire. */

import type { components } from "../api/command-api.d.ts";
import { instant, type ClockSample, type Moment } from "./clock.ts";
import { startOf, type OutboxRow, type RowHead } from "./command.ts";
import type { ExceptionCommand, RecordArrival } from "./office_command.ts";
import { happenedAt } from "./outbox.ts";

type Envelope = components["schemas"]["Envelope"];
type WireCommand = components["schemas"]["Command"];

/** How many registers a device names as having unsent work. */
const NAMED_REGISTERS = 1_000;

/** A batch. `unsent` is all that this device holds and the server does not, the batch, what it refused and what is sealed included; `now` the moment of this attempt. */
export function envelope(
  device_id: string,
  app_version: string,
  batch: readonly OutboxRow[],
  unsent: readonly RowHead[],
  sample: ClockSample,
  now: Moment,
): Envelope {
  const oldest = unsent.map(happenedAt).reduce<string | null>((first, at) => (first === null || at < first ? at : first), null);
  return {
    device_id,
    sent_at: instant(now.wall_ms + sample.offset_ms),
    clock: {
      offset_ms: sample.offset_ms,
      rtt_ms: sample.rtt_ms,
      age_s: Math.max(0, (now.steady_ms - sample.taken.steady_ms) / 1000),
    },
    device: {
      app_version,
      unsent: unsent.length,
      oldest_unsent_at: oldest,
      unsent_sessions: [...new Set(unsent.filter((row) => row.about === undefined).map((row) => row.session_id))].slice(0, NAMED_REGISTERS),
    },
    commands: batch.map(wireCommand),
  };
}

/** A command as the server reads it; fields that say nothing are left out. */
export function wireCommand(row: OutboxRow): WireCommand {
  const { command } = row;
  const head = { command_id: row.command_id, occurred_at: happenedAt(row), device_seq: row.seq };
  if ("exception_id" in command) return { ...head, ...wireException(command) } as WireCommand;
  if (!("session" in command)) return { ...head, ...command } as WireCommand;
  const { session, ...rest } = "before" in command ? withoutBefore(command) : command;
  return {
    ...head,
    ...withoutNulls(rest),
    ...withoutNulls({ effective_at: startOf(row) }),
    session: withoutNulls(session),
  } as WireCommand;
}

/** Only a record says whose the excuse is. No slots means the whole day, and has to be said. */
function wireException(command: ExceptionCommand): object {
  if (command.type === "RecordException") return command;
  const { student_id: _student, ...rest } = command;
  return rest;
}

/** What the entry was is this device's own. */
function withoutBefore({ before: _before, ...rest }: RecordArrival): Omit<RecordArrival, "before"> {
  return rest;
}

function withoutNulls<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null)) as Partial<T>;
}
