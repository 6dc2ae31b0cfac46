/** The browser's world, for a page. */

import { BROWSER } from "./browser.ts";
import type { Marker, World } from "./world.ts";

/** The word for it between the page and its service worker. */
const SEND = "send";

/** Chromium's, for which no standard types exist. */
interface WithSync extends ServiceWorkerRegistration {
  readonly sync?: { register(tag: string): Promise<void> };
}

/** The browser's. */
export function browserWorld(): World {
  return {
    ...BROWSER,
    app_version: document.querySelector<HTMLMetaElement>("meta[name=muster-version]")?.content ?? "",
    languages: navigator.languages,
    chance: () => Math.random(),
    later(wait_ms, work) {
      const timer = setTimeout(work, wait_ms);
      return () => clearTimeout(timer);
    },
    isVisible: () => document.visibilityState === "visible",
    isOnline: () => navigator.onLine,
    onChange(hear) {
      document.addEventListener("visibilitychange", hear);
      for (const event of ["online", "offline"]) globalThis.addEventListener(event, hear);
    },
    askToWaken() {
      navigator.serviceWorker?.ready
        .then((registration) => (registration as WithSync).sync?.register(SEND))
        .catch(() => undefined);
    },
    onWaken(send) {
      navigator.serviceWorker?.addEventListener("message", (event: MessageEvent<unknown>) => {
        const [answer] = event.ports;
        if (event.data === SEND) send().then((done) => answer?.postMessage(done), console.error);
      });
    },
    async storage() {
      const [estimate, persisted] = await Promise.all([navigator.storage?.estimate?.(), navigator.storage?.persisted?.()]);
      return { used: estimate?.usage ?? null, quota: estimate?.quota ?? null, persisted: persisted ?? null };
    },
    async persist() {
      await navigator.storage?.persist?.();
    },
    marker: browserMarker(),
    channel(topic, hear) {
      const channel = new BroadcastChannel(topic);
      channel.onmessage = (event: MessageEvent<unknown>) => hear(event.data);
      return channel;
    },
  };
}

/** In `localStorage`; where that is forbidden nothing is noticed, and nothing fails. */
function browserMarker(): Marker {
  const quietly = <T>(work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch {
      return otherwise;
    }
  };
  return {
    has: (name) => quietly(() => localStorage.getItem(name) !== null, false),
    set: (name) => quietly(() => localStorage.setItem(name, "1"), undefined),
    remove: (name) => quietly(() => localStorage.removeItem(name), undefined),
  };
}
