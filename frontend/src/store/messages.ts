/** What the tabs of one device tell each other. */

import type { SyncStatus } from "../model.ts";

/** About one person's work. */
export type WorkMessage =
  /** The database has changed: read it again. */
  | { readonly kind: "changed" }
  /** How the synchronisation stands, which one tab does for all. */
  | { readonly kind: "status"; readonly status: SyncStatus }
  | { readonly kind: "sending"; readonly seqs: readonly number[] }
  /** The tab that listens to the server has just heard it. */
  | { readonly kind: "told" }
  /** A tab has got a new token, which is good for all of them. */
  | { readonly kind: "token"; readonly token: string }
  /** A run has ended: if it did all there was, whoever has work that it did not see may begin. After a failure they wait. */
  | { readonly kind: "ended"; readonly done: boolean };

/** About the device. */
export type DeviceMessage = { readonly kind: "somebody_else" } | { readonly kind: "settings" } | { readonly kind: "lock" };

/** The topic of a person's work. */
export function workTopic(person_id: string): string {
  return `muster-work-${person_id}`;
}

export const DEVICE_TOPIC = "muster-device";
