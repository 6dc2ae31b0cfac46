/**
 * Keys for those who mark with a keyboard. Arrows up and down go from student to student; left and right are the
 * browser's own within a student. All single keys can be switched off in the settings, and none acts in a text field.
 */
import type { Translate } from "../i18n/translate.ts";
import type { RegisterView, Status } from "../model.ts";
import { COMMAND_KEYS, type Command } from "./keys.ts";
import { STATUSES } from "./parts/statuses.ts";
import { clear, close, markRollCall, setStatus, stepRollCall, takesMarks } from "./screens/register/marking.ts";
import type { View } from "./view.ts";

/** The status a key marks: the language's own letter first, then P, A, L, E as typed, then where they are printed. */
export function statusOfKey(t: Translate, key: string, code: string): Status | null {
  const typed = key.toLocaleLowerCase();
  const own = STATUSES.find((status) => t(`letter.${status}`).toLocaleLowerCase() === typed);
  const latin = (letter: string): Status | undefined => STATUSES.find(([first]) => first === letter);
  const printed = /^[a-z]$/.test(typed) ? "" : code.replace(/^Key/, "").toLowerCase();
  return own ?? latin(typed) ?? latin(printed) ?? null;
}

/** The command of a key. */
export function commandOfKey(key: string, code: string): Command | null {
  const typed = key.toLowerCase();
  const found = Object.entries(COMMAND_KEYS).find(
    ([, known]) => known.key === typed || (known.code === code && !/^[a-z]$/.test(typed)),
  );
  return found ? (found[0] as Command) : null;
}

/** Handles a key of the whole page. `view` is asked for the newest state. */
export function handleKey(view: View, event: KeyboardEvent): void {
  const { register } = view.state;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing && !event.defaultPrevented;
  if (!plain || !view.state.settings.shortcuts || !register || view.address.route.name !== "register") return;
  if (view.local.dialog || isTyping(event.target)) return;
  if (act(view, event)) event.preventDefault();
}

function act(view: View, event: KeyboardEvent): boolean {
  const { register } = view.state;
  if (view.local.roll_call !== null && register) return actInRollCall(view, register, view.local.roll_call, event);
  if (event.key === "ArrowDown") return moveFocus(1);
  if (event.key === "ArrowUp") return moveFocus(-1);
  // A mark goes on to the next student: a key held down would mark the whole class.
  if (event.repeat) return false;
  const status = statusOfKey(view.t, event.key, event.code);
  if (status) return markFocused(view, status);
  const command = commandOfKey(event.key, event.code);
  return command !== null && obey(view, command);
}

/** The keys of a mark go on to the next; the arrows along the line of reading step. */
function actInRollCall(view: View, register: RegisterView, at: number, event: KeyboardEvent): boolean {
  const [back, on] = document.documentElement.dir === "rtl" ? ["ArrowRight", "ArrowLeft"] : ["ArrowLeft", "ArrowRight"];
  if (event.key === back || event.key === on) {
    stepRollCall(view, register, event.key === on ? 1 : -1);
    return true;
  }
  if (event.repeat || !takesMarks(register)) return false;
  const row = register.rows[at];
  const status = statusOfKey(view.t, event.key, event.code);
  if (status && row) markRollCall(view, register, row, status);
  if (status) return true;
  const command = commandOfKey(event.key, event.code);
  if (command === "clear" && row) clear(view, row);
  if (command === "close") close(view, register);
  return command === "clear" || command === "close";
}

function obey(view: View, command: Command): boolean {
  const { register } = view.state;
  if (!register) return false;
  const student = focusedStudent(view);
  const open = takesMarks(register);
  switch (command) {
    case "rest_present":
      if (open && register.counts.unmarked > 0) view.run(view.actions.markRestPresent());
      return open;
    case "close":
      if (open) close(view, register);
      return open;
    case "undo":
      if (register.undo) view.run(view.actions.undo());
      return register.undo !== null;
    case "search":
      return focus(document.querySelector<HTMLElement>("[data-search]"));
    case "note":
      return unfoldFocused();
    case "clear":
      if (student && open) clear(view, student);
      return student !== null;
  }
}

function markFocused(view: View, status: Status): boolean {
  const { register } = view.state;
  const row = focusedStudent(view);
  if (!register || !row || !takesMarks(register)) return false;
  setStatus(view, register, row, status);
  moveFocus(1);
  return true;
}

function focusedStudent(view: View) {
  const id = focusedRow()?.dataset["student"];
  return view.state.register?.rows.find((row) => row.student_id === id) ?? null;
}

function focusedRow(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>("[data-student]") ?? null;
}

function unfoldFocused(): boolean {
  const row = focusedRow();
  row?.querySelector<HTMLElement>("[data-unfold]")?.click();
  requestAnimationFrame(() => focus(row?.querySelector<HTMLElement>("[data-keep]:not(:disabled)") ?? null));
  return row !== null;
}

/** To the next or previous student's mark, or to the first when none has the focus. */
function moveFocus(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-student]")];
  const current = focusedRow();
  const next = rows[current ? rows.indexOf(current) + step : 0];
  return focus(next?.querySelector<HTMLElement>("input:checked") ?? next?.querySelector<HTMLElement>("input") ?? null);
}

function focus(element: HTMLElement | null): boolean {
  element?.focus();
  return element !== null;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== "radio" && target.type !== "checkbox";
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}
