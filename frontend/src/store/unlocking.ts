/**
 * Getting at the keys of a sealed database: at a sign-in, by the PIN, or by a secret of before. A part of its own, fetched
 * only on devices that several people use.
 */

import { stampAfter } from "../core/clock.ts";
import { afterWrong, newKey, rewrapped, unwrapped, waitBefore } from "../storage/keyring.ts";
import type { PersonStore } from "../storage/person.ts";
import { Seal } from "../storage/seal.ts";

/** What a person has just typed. */
export interface Secrets {
  /** Null: the one of before stays. */
  readonly pin: string | null;
  readonly password: string;
}

/** What a try with the PIN came to. `wait_ms`: for how long no PIN is looked at now. */
export type Unlocked = { readonly seal: Seal } | { readonly wrong: boolean; readonly wait_ms: number };

/**
 * Seals the database of somebody who has just signed in, with the key it has if the password or the PIN opens that, and
 * from then on under what was typed now. Otherwise with a new key, and what the old one sealed stays as it is. Answers
 * false if a PIN is needed for that and none was given.
 */
export async function sealAtSignIn(store: PersonStore, secrets: Secrets, id: string, now_ms: number): Promise<boolean> {
  const kept = await store.keys();
  const last = kept.at(-1);
  const opened = last === undefined ? null : await rewrapped(last, typed(secrets), secrets);
  if (opened === null && secrets.pin === null) return false;
  const key = opened ?? await newKey(id, stampAfter(last?.made_at ?? null, now_ms), secrets.pin ?? "", secrets.password);
  await store.keepKey(key.kept);
  await store.keepAttempts(null);
  const seal = new Seal(key.kept.id, new Map([[key.kept.id, key.key]]));
  store.sealWith(seal);
  if (last === undefined) await store.sealAll(null);
  else if (opened === null) await store.forgetReadings();
  await openEarlier(store, seal, typed(secrets));
  return true;
}

/** After a sign-in to a database that is open: from now on a changed password opens it too, if what was typed opens it. */
export async function renewWraps(store: PersonStore, secrets: Secrets): Promise<void> {
  const last = (await store.keys()).at(-1);
  const opened = last === undefined ? null : await rewrapped(last, typed(secrets), secrets);
  if (opened !== null) await store.keepKey(opened.kept);
}

/** Opens the database with the PIN. Each wrong one makes the next wait longer, also after the app was closed. */
export async function unlockByPin(store: PersonStore, pin: string, now_ms: number): Promise<Unlocked> {
  const attempts = await store.attempts();
  const wait_ms = waitBefore(attempts, now_ms);
  if (wait_ms > 0) return { wrong: false, wait_ms };
  const wrong = afterWrong(attempts, now_ms);
  // Counted before it is looked at: who closes the app meanwhile has used a try all the same.
  await store.keepAttempts(wrong);
  const last = (await store.keys()).at(-1);
  const key = last === undefined ? null : await unwrapped(last.by_pin, pin);
  if (last === undefined || key === null) return { wrong: true, wait_ms: waitBefore(wrong, now_ms) };
  await store.keepAttempts(null);
  return { seal: new Seal(last.id, new Map([[last.id, key]])) };
}

/** Opens what an earlier key sealed, with a PIN or password of then, and seals it with today's. Answers whether it opened any. */
export async function openEarlier(store: PersonStore, seal: Seal, secrets: readonly string[]): Promise<boolean> {
  let any = false;
  for (const earlier of await store.keys()) {
    if (earlier.id === seal.current.id) continue;
    const opened = await rewrapped(earlier, secrets, { pin: null, password: null });
    if (opened === null) continue;
    store.sealWith(seal.with(earlier.id, opened.key));
    await store.sealAll(earlier.id);
    any = true;
  }
  return any;
}

function typed({ pin, password }: Secrets): readonly string[] {
  return pin === null ? [password] : [password, pin];
}
