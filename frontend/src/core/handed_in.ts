/** The file of unsent work that somebody's app saved, as the office hands it in. */

import type { components } from "../api/command-api.d.ts";
import type { DateText, HandedInCommand, HandedInFile, InstantText } from "../model.ts";
import { classOf, studentById, type Roster } from "./roster.ts";

type Envelope = components["schemas"]["Envelope"];

const BATCH = 200;

/** Reads the text of a file, with the names that the roster has; null if it is not one of version 1. */
export function readUnsentFile(text: string, roster: Roster | null): HandedInFile | null {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(file) || file["format"] !== "muster-unsent" || file["version"] !== 1) return null;
  const { school_id, actor, device_id, app_version, exported_at, commands } = file;
  if (!isText(school_id) || !isRecord(actor) || !isText(actor["id"]) || !isText(device_id) || !isTime(exported_at)) return null;
  if (!Array.isArray(commands)) return null;
  const read = commands.map((entry: unknown) => commandOf(entry, roster));
  if (!read.every((one) => one !== null)) return null;
  const name = isText(actor["name"]) ? actor["name"] : "";
  return { school_id, actor: { id: actor["id"], name }, device_id, app_version: isText(app_version) ? app_version : "", exported_at, commands: read };
}

function commandOf(entry: unknown, roster: Roster | null): HandedInCommand | null {
  if (!isRecord(entry) || !isRecord(entry["command"]) || !isTime(entry["device_clock"])) return null;
  const { command } = entry;
  const { command_id, type, occurred_at, session, student_id, status } = command;
  if (!isText(command_id) || !isText(type) || !isTime(occurred_at)) return null;
  const { class_id, date } = isRecord(session) ? session : {};
  return {
    command,
    command_id,
    type,
    occurred_at,
    // A stamp that is the device's own clock was never corrected.
    is_corrected: entry["device_clock"] !== occurred_at,
    class_title: isText(class_id) ? classOf(roster, class_id)?.title ?? null : null,
    date: isText(date) ? date : null,
    student_name: isText(student_id) ? studentById(roster, student_id)?.name ?? null : null,
    status: isText(status) ? status : null,
  };
}

/** A class and a day that a file is about. */
export interface HandedInRegister {
  /** Null: the school has no such class (any more). */
  readonly class_title: string | null;
  readonly date: DateText | null;
  readonly count: number;
}

/** The classes and days that a file is about, in the order in which they come. */
export function registersOf(file: HandedInFile): readonly HandedInRegister[] {
  const found = new Map<string, { class_title: string | null; date: DateText | null; count: number }>();
  for (const { class_title, date } of file.commands) {
    const known = found.get(`${class_title} ${date}`);
    if (known === undefined) found.set(`${class_title} ${date}`, { class_title, date, count: 1 });
    else known.count += 1;
  }
  return [...found.values()];
}

/** From when to when the commands of a file are; null if there are none. */
export function spanOf(file: HandedInFile): { readonly from: InstantText; readonly to: InstantText } | null {
  const times = file.commands.map((command) => command.occurred_at).sort();
  const [from, to] = [times[0], times.at(-1)];
  return from === undefined || to === undefined ? null : { from, to };
}

/**
 * The next commands to send together: in their order, and either all with corrected stamps or none. `is_open` says of a
 * command that it is still to be sent.
 */
export function nextToHandIn(file: HandedInFile, is_open: (command_id: string) => boolean): readonly HandedInCommand[] {
  const open = file.commands.filter((command) => is_open(command.command_id));
  const end = open.findIndex((command) => command.is_corrected !== open[0]?.is_corrected);
  return open.slice(0, end < 0 ? BATCH : Math.min(end, BATCH));
}

/** Those commands in the name of the person they are from. Stamps that were never corrected are judged by when the file was saved. */
export function handInEnvelope(file: HandedInFile, commands: readonly HandedInCommand[], now: InstantText): Envelope {
  return {
    device_id: file.device_id,
    sent_at: commands[0]?.is_corrected === false ? file.exported_at : now,
    clock: null,
    device: { app_version: file.app_version },
    claimed_by: file.actor.id,
    // The server judges each of them, whatever the file makes of it.
    commands: commands.map(({ command }) => command) as unknown as Envelope["commands"],
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTime(value: unknown): value is InstantText {
  return isText(value) && !Number.isNaN(Date.parse(value));
}
