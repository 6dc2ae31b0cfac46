/** Notices that nobody has touched the app for a while. */

/** After so long what is sealed is locked. */
const IDLE_MS = 5 * 60_000;
/** Timers sleep with the device, so the clock is looked at, often. */
const LOOK_EVERY_MS = 5_000;
/** For how long touches are swallowed after that: whoever wakes a device after hours must not mark in another's name. */
const DEAF_MS = 1_000;
const TOUCHES = ["pointerdown", "click", "keydown", "input", "change"] as const;

/** Calls `leave` when nobody has touched the app for five minutes, also if the device slept through them. */
export function watchIdle(isOn: () => boolean, leave: () => void): void {
  let touched_ms = Date.now();
  let deaf_until_ms = 0;
  const look = (): void => {
    const now_ms = Date.now();
    // A clock that was set back says nothing: it begins anew.
    if (now_ms < touched_ms) touched_ms = now_ms;
    if (!isOn() || now_ms - touched_ms < IDLE_MS) return;
    touched_ms = now_ms;
    // First: leaving the field keeps what is half typed, and that is a change like any other.
    leave();
    deaf_until_ms = now_ms + DEAF_MS;
  };
  const touch = (event: Event): void => {
    // What is typed is kept after a pause by a change that nobody makes.
    if (event.type === "change" && !event.isTrusted) return;
    look();
    touched_ms = Date.now();
    if (touched_ms >= deaf_until_ms) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  for (const name of TOUCHES) addEventListener(name, touch, { capture: true });
  document.addEventListener("visibilitychange", look);
  setInterval(look, LOOK_EVERY_MS);
}
