/** Registers the service worker and says when a new version waits. It takes over only when the teacher says so. */

const ADDRESS = "/service-worker.js";
/** A phone may keep the page open for weeks. */
const CHECK_EVERY_MS = 6 * 60 * 60 * 1000;

/** What is used of Trusted Types, for which the language has no types yet. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): { createScriptURL(address: string): string };
}

/** Registers; `onReady` gets what lets the new version take over. */
export function registerServiceWorker(onReady: (apply: () => void) => void): void {
  if (!("serviceWorker" in navigator)) return;
  void navigator.serviceWorker
    .register(trusted(ADDRESS), { updateViaCache: "none" })
    .then((registration) => {
      watch(registration, onReady);
      setInterval(() => void registration.update().catch(() => undefined), CHECK_EVERY_MS);
    })
    // Without a worker the app does all but start without a network; the settings say so of the browser.
    .catch(() => undefined);
}

function watch(registration: ServiceWorkerRegistration, onReady: (apply: () => void) => void): void {
  const offer = (worker: ServiceWorker): void => onReady(() => takeOver(worker));
  if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => {
      // The first worker of all has nothing to replace.
      if (installing.state === "installed" && navigator.serviceWorker.controller) offer(installing);
    });
  });
}

/** The reload comes with the new worker, never before it; a tab that did not ask is not reloaded. */
function takeOver(worker: ServiceWorker): void {
  const reload = (): void => location.reload();
  // Another tab may have let it take over already.
  if (worker.state === "activated") return reload();
  navigator.serviceWorker.addEventListener("controllerchange", reload, { once: true });
  worker.postMessage("take-over");
}

/** The page lets no other script address through. */
function trusted(address: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (!trustedTypes) return address;
  const policy = trustedTypes.createPolicy("muster", {
    createScriptURL(asked) {
      if (asked !== ADDRESS) throw new TypeError(`not a script of this app: ${asked}`);
      return asked;
    },
  });
  return policy.createScriptURL(address);
}
