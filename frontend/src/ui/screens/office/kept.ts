/** Has the office's part kept on this device, so that it opens without a network: phones of teachers are spared it. */

/** The word that the service worker knows. */
const KEEP_OFFICE = "keep-office";
let asked = false;

/** Asks the service worker, once for each time the page is loaded. */
export function keepOfficePart(): void {
  if (asked || !("serviceWorker" in navigator)) return;
  asked = true;
  void navigator.serviceWorker.ready.then(({ active }) => active?.postMessage(KEEP_OFFICE));
}
