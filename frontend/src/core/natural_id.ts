/** Ids that follow from names: two devices that mean the same register compute the same id without asking anybody. */

import type { RegisterKey } from "../model.ts";
import { sha1 } from "./sha1.ts";

const NAMESPACE = "2dce0ac7-4c7e-5885-b157-d4559b86cccd";

/** The UUIDv5 of a name in Muster's namespace. */
function naturalId(name: string): string {
  const text = new TextEncoder().encode(name);
  const namespace = bytesOf(NAMESPACE);
  const message = new Uint8Array(namespace.length + text.length);
  message.set(namespace);
  message.set(text, namespace.length);
  return uuidOf(sha1(message), 5);
}

/** The id of a register. `key` must be normal: the class's only subject is left out. */
export function sessionId(school_id: string, key: RegisterKey): string {
  return naturalId(`session|${school_id}|${key.class_id}|${key.date}|${key.subject_id ?? ""}|${key.slot ?? ""}`);
}

/** The same register with the class's only subject left out, as ids are made from. */
export function normalKey(key: RegisterKey, only_subject: string | null): RegisterKey {
  return key.subject_id !== null && key.subject_id === only_subject ? { ...key, subject_id: null } : key;
}

/** The UUID of a version that the first 16 bytes make; six of their bits say the version. */
export function uuidOf(bytes: Uint8Array, version: 4 | 5 | 7): string {
  const id = bytes.slice(0, 16);
  id[6] = ((id[6] ?? 0) & 0x0f) | (version << 4);
  id[8] = ((id[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(id, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The bytes of ids, with or without their hyphens. */
export function bytesOf(ids: string): Uint8Array<ArrayBuffer> {
  const pairs = ids.replaceAll("-", "").match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}
