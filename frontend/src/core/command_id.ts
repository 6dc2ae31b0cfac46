/** Ids of commands: UUIDv7, each greater than all that this device made before, whatever its clock does. */

import { uuidOf } from "./natural_id.ts";

/** How many random bytes an id takes. */
export const RANDOM_BYTES = 10;

const COUNTER_BITS = 74n;
const COUNTER_END = 1n << COUNTER_BITS;

/**
 * The id after `last`. Made from the time if that has moved on; otherwise (same millisecond, or a clock that was set
 * back) the time of `last` is kept and the rest counted up.
 */
export function nextCommandId(last: string | null, now_ms: number, random: Uint8Array): string {
  const before = last === null ? null : parts(last);
  const now = BigInt(Math.max(0, Math.floor(now_ms)));
  if (before === null || now > before.time) return written(now, counterOf(random));
  const counter = before.counter + 1n;
  return counter < COUNTER_END ? written(before.time, counter) : written(before.time + 1n, counterOf(random));
}

function counterOf(random: Uint8Array): bigint {
  let counter = 0n;
  for (const byte of random.subarray(0, RANDOM_BYTES)) counter = (counter << 8n) | BigInt(byte);
  // The highest bit stays free, so that there is always room to count up.
  return counter & ((1n << (COUNTER_BITS - 1n)) - 1n);
}

function written(time: bigint, counter: bigint): string {
  const high = counter >> 62n;
  const low = counter & ((1n << 62n) - 1n);
  let whole = (time << 80n) | (high << 64n) | low;
  const bytes = new Uint8Array(16);
  for (let index = 15; index >= 0; index--) {
    bytes[index] = Number(whole & 0xffn);
    whole >>= 8n;
  }
  return uuidOf(bytes, 7);
}

function parts(id: string): { time: bigint; counter: bigint } {
  const whole = BigInt(`0x${id.replaceAll("-", "")}`);
  const high = (whole >> 64n) & 0xfffn;
  return { time: whole >> 80n, counter: (high << 62n) | (whole & ((1n << 62n) - 1n)) };
}
