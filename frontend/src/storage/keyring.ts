/**
 * The keys of a sealed database. Each is random and kept only wrapped: once by the PIN of this device, once by the
 * account's password. So a forgotten PIN takes nothing away from who can sign in, and a password that was changed elsewhere
 * takes nothing away from who knows the PIN. Whoever knows neither cannot read what was sealed, and neither can the school.
 */

import type { InstantText } from "../model.ts";

/** A key, wrapped by one that follows from a secret. */
export interface Wrapped {
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly iterations: number;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: ArrayBuffer;
}

/** A key as it is kept. */
export interface KeptKey {
  readonly id: string;
  readonly made_at: InstantText;
  readonly by_pin: Wrapped;
  readonly by_password: Wrapped;
}

/** How often a wrong PIN was entered in a row, and until when (by the device's clock) none is looked at. */
export interface Attempts {
  readonly failed: number;
  readonly until_ms: number;
}

/** About a second on a cheap phone. */
const ITERATIONS = 600_000;
const AES = { name: "AES-GCM", length: 256 } as const;
/** Wrong PINs without a wait. */
const FREE_ATTEMPTS = 3;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 15 * 60_000;

/** A key with what is kept of it. */
export interface OpenKey {
  readonly kept: KeptKey;
  /** For use; it cannot be read out. */
  readonly key: CryptoKey;
}

/** Makes a key. */
export async function newKey(id: string, made_at: InstantText, pin: string, password: string): Promise<OpenKey> {
  const key = await crypto.subtle.generateKey(AES, true, ["encrypt", "decrypt"]);
  const [by_pin, by_password] = await Promise.all([wrapped(key, pin), wrapped(key, password)]);
  return { kept: { id, made_at, by_pin, by_password }, key: await forUse(key) };
}

/** The key for use; null if the secret is another. */
export function unwrapped(wrap: Wrapped, secret: string): Promise<CryptoKey | null> {
  return unwrap(wrap, secret, false);
}

/**
 * The key, opened by one of the secrets `typed`, and kept under `secrets` from now on; null stands for one that stays.
 * Null if none of them opens it.
 */
export async function rewrapped(
  kept: KeptKey,
  typed: readonly string[],
  secrets: { readonly pin: string | null; readonly password: string | null },
): Promise<OpenKey | null> {
  for (const secret of typed) {
    for (const wrap of [kept.by_password, kept.by_pin]) {
      const key = await unwrap(wrap, secret, true);
      if (key === null) continue;
      const under = (old: Wrapped, wanted: string | null): Promise<Wrapped> | Wrapped =>
        wanted === null || (wrap === old && secret === wanted) ? old : wrapped(key, wanted);
      const [by_pin, by_password] = await Promise.all([under(kept.by_pin, secrets.pin), under(kept.by_password, secrets.password)]);
      return { kept: { ...kept, by_pin, by_password }, key: await forUse(key) };
    }
  }
  return null;
}

/** The count after one more wrong PIN: each makes the next wait longer. */
export function afterWrong(attempts: Attempts | null, now_ms: number): Attempts {
  const failed = (attempts?.failed ?? 0) + 1;
  const wait_ms = failed < FREE_ATTEMPTS ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failed - FREE_ATTEMPTS));
  return { failed, until_ms: now_ms + wait_ms };
}

/** How long no PIN is looked at, in milliseconds; never longer than the longest wait, should the clock have been set. */
export function waitBefore(attempts: Attempts | null, now_ms: number): number {
  return Math.min(LONGEST_WAIT_MS, Math.max(0, (attempts?.until_ms ?? 0) - now_ms));
}

async function wrapped(key: CryptoKey, secret: string): Promise<Wrapped> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const by = await keyOf(secret, salt, ITERATIONS);
  return { salt, iterations: ITERATIONS, iv, data: await crypto.subtle.wrapKey("raw", key, by, { name: "AES-GCM", iv }) };
}

async function unwrap({ salt, iterations, iv, data }: Wrapped, secret: string, extractable: boolean): Promise<CryptoKey | null> {
  const by = await keyOf(secret, salt, iterations);
  try {
    return await crypto.subtle.unwrapKey("raw", data, by, { name: "AES-GCM", iv }, AES, extractable, ["encrypt", "decrypt"]);
  } catch {
    // That is how another secret shows.
    return null;
  }
}

async function keyOf(secret: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<CryptoKey> {
  const raw = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, raw, AES, false, ["wrapKey", "unwrapKey"]);
}

async function forUse(key: CryptoKey): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", await crypto.subtle.exportKey("raw", key), AES, false, ["encrypt", "decrypt"]);
}
