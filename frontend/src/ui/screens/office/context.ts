/** What every part of the office's screens is handed. */
import type { Formats } from "../../../i18n/formats.ts";
import type { Translate } from "../../../i18n/translate.ts";
import type { Person } from "../../../model.ts";
import type { OfficeRoute, OfficeState, Order } from "../../../office/model.ts";
import type { Reading } from "../../../office/readings.ts";
import type { School } from "../../../office/school.ts";
import { addressOf } from "../../routing.ts";
import type { View } from "../../view.ts";
import type { OfficeDesk } from "./desk.ts";
import type { OfficeKey } from "./words.ts";

export interface Office {
  readonly view: View;
  readonly t: Translate;
  /** The office's own words. */
  readonly w: Translate<OfficeKey>;
  readonly format: Formats;
  readonly route: OfficeRoute;
  readonly state: OfficeState;
  /** What this device has said and not every answer knows yet. */
  readonly orders: readonly Order[];
  readonly school: School;
  readonly desk: OfficeDesk;
  readonly me: Person;
  /** An auditor only looks. */
  readonly may_write: boolean;
}

/** The reading of a path for this screen; `live`: also anew with every register that this device hears of. */
export function read<T>(office: Office, path: string, fits: (body: unknown) => body is T, live = false): Reading<T> {
  const { desk, state, view } = office;
  const mark = `${desk.mark(view.state.online)} ${live ? state.heard : ""}`;
  return desk.readings.get(path, { mark, answers: state.answers }, fits);
}

/** Saves commands; the screen says so, with the way back if there is one. */
export function order(office: Office, commands: readonly Order["command"][], text: string, undo: Order["command"] | null = null): void {
  const save = async (): Promise<void> => {
    await (await office.view.actions.office()).order(commands);
    office.desk.tell({ text, undo });
    // The school's list is otherwise asked for every few minutes.
    if (commands.some((command) => "from" in command || "until" in command || command.type === "MergeStudents" || command.type === "UndoMerge")) await office.view.actions.sendNow();
  };
  office.view.run(save());
}

/** The address of another place in the office; values that are null or empty are left out. */
export function officeAddress(screen: OfficeRoute["screen"], id: string | null = null, query: Readonly<Record<string, string | null>> = {}): string {
  return addressOf({ name: "office", screen, id, query: filled(query) });
}

/** Changes the filter in the address, without a step in the history. */
export function refine({ view, route }: Office, change: Readonly<Record<string, string | null>>): void {
  view.replace({ ...route, query: filled({ ...route.query, ...change }) });
}

/** A path of the API with its parameters; those that are null or empty are left out. */
export function pathOf(path: string, parameters: Readonly<Record<string, string | null | undefined>>): string {
  const query = new URLSearchParams(filled(parameters)).toString();
  return query === "" ? path : `${path}?${query}`;
}

function filled(values: Readonly<Record<string, string | null | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
