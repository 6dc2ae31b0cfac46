/** Watches how this browser lets the app be put on the home screen. */
import type { InstallView } from "./view.ts";

/** Sent by Chromium when the app can be installed; no standard types exist for it. */
interface BeforeInstallPromptEvent extends Event {
  prompt(): Promise<unknown>;
}

/** Tells `listener` now, and again when it changes. */
export function watchInstall(listener: (install: InstallView) => void): void {
  const standalone = matchMedia("(display-mode: standalone)");
  let asked: BeforeInstallPromptEvent | null = null;
  let installed = standalone.matches;

  const tell = (): void => {
    const event = asked;
    listener({ installed, by_hand: isApplePhone(), ask: event && (() => void event.prompt()) });
  };
  addEventListener("beforeinstallprompt", (event) => {
    // The browser's own bar would cover the register; the button is in the settings.
    event.preventDefault();
    asked = event as BeforeInstallPromptEvent;
    tell();
  });
  addEventListener("appinstalled", () => {
    installed = true;
    asked = null;
    tell();
  });
  tell();
}

/** iPads call themselves Macs, but have fingers. */
function isApplePhone(): boolean {
  return /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
}
