/** The rescue copy: everything that the server does not have, as a file that the office can load. */

import type { InstantText, Person } from "../model.ts";
import { instant } from "./clock.ts";
import type { OutboxRow } from "./command.ts";
import { wireCommand } from "./envelope.ts";

/** Who and what the file is from. */
export interface UnsentFrom {
  readonly person: Person;
  readonly school_code: string | null;
  readonly device_id: string;
  readonly app_version: string;
  readonly exported_at: InstantText;
}

/**
 * The file's text. Commands are as on the wire, in the order in which they were made; beside each stand the device's
 * own clock at the tap, and why the server refused it if it did. A command that was never stamped has the best that the
 * device knew at the tap.
 */
export function unsentFile(from: UnsentFrom, rows: readonly OutboxRow[]): string {
  const { person, ...rest } = from;
  const commands = rows.map((row) => ({
    command: wireCommand(row),
    session_id: row.session_id,
    device_clock: instant(row.tapped.wall_ms),
    state: row.state,
    problem: row.problem,
  }));
  const file = { format: "muster-unsent", version: 1, ...rest, school_id: person.school_id, actor: { id: person.id, name: person.name }, commands };
  return `${JSON.stringify(file, null, 2)}\n`;
}
