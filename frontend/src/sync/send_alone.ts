/** Sending what a device holds while no page is open, as the service worker does when the browser finds a network. */

import { likelyOffset } from "../core/clock.ts";
import { newLedger } from "../core/desk.ts";
import { uuidOf } from "../core/natural_id.ts";
import type { ConnectionEvents } from "../storage/connection.ts";
import { DeviceStore } from "../storage/device.ts";
import { PersonStore } from "../storage/person.ts";
import { sender } from "./http.ts";
import { push } from "./push.ts";
import { SignIn } from "./sign_in.ts";
import type { World } from "./world.ts";

/** A page that opens meanwhile upgrades what it has to: the connection here lets go by itself. */
const NOBODY_IS_TOLD: ConnectionEvents = { blocked: () => undefined, outdated: () => undefined };

/**
 * Sends what the person who is signed in has not sent. Answers whether nothing is left that could be sent from here.
 *
 * What is sealed under a PIN waits for the PIN, and whoever has signed out for their next sign-in: for those nothing can be
 * done here. It stays under the lock of a run, so that a page that opens meanwhile waits.
 */
export async function sendAlone(world: Pick<World, "app_version" | "fetch" | "now" | "random" | "alone" | "ifFree">): Promise<boolean> {
  const device = new DeviceStore(NOBODY_IS_TOLD);
  const signed_in = await device.signedIn().finally(() => device.close());
  if (signed_in === null || signed_in.shared_device) return true;
  const { person } = signed_in;
  const store = new PersonStore(person.id, () => newLedger(uuidOf(world.random(16), 4)), NOBODY_IS_TOLD);
  try {
    const done = await world.ifFree(`muster-sync-${person.id}`, async () => {
      const sign_in = new SignIn(person.id, sender(world.fetch, () => world.now().wall_ms), world, null, () => undefined);
      let { sample } = await store.ledger();
      const { outcome, undecided } = await push({
        store,
        request: sign_in.request,
        world,
        app_version: world.app_version,
        form: { dense: true },
        now_ms: () => world.now().wall_ms + likelyOffset(sample, world.now()),
        sending: () => undefined,
        changed: async () => void ({ sample } = await store.ledger()),
      }, false);
      return outcome.kind === "done" && undecided === 0;
    });
    return done === true;
  } finally {
    await store.close();
  }
}
