/** The single keys, and how a tip names them. What they do is in `keyboard.ts`, which is fetched apart. */
import type { View } from "./view.ts";

/** What a single key does in a register, beside marking. */
export type Command = "rest_present" | "close" | "undo" | "note" | "search" | "clear";

/** The keys, the same in every language. `code` is for keyboards that type other letters. */
export const COMMAND_KEYS: Readonly<Record<Command, { readonly key: string; readonly code: string }>> = {
  rest_present: { key: "m", code: "KeyM" },
  close: { key: "x", code: "KeyX" },
  undo: { key: "u", code: "KeyU" },
  note: { key: "n", code: "KeyN" },
  search: { key: "/", code: "Slash" },
  clear: { key: "delete", code: "Delete" },
};

/** "Key M", for the tip of a button; empty when the keys are off. */
export function keyHint(view: View, command: Command): string {
  return view.state.settings.shortcuts ? view.t("keys.hint", { key: COMMAND_KEYS[command].key.toUpperCase() }) : "";
}
