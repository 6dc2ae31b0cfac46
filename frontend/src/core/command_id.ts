/** Ids of commands: UUIDv7, each greater than all that this device made before, whatever its clock does. */

import { uuidOf } from "./natural_id.ts";

/** How many random bytes an id takes. */
export const RANDOM_BYTES = 10;
/** How many of an id's bits are neither time nor version nor variant. */
export const COUNTER_BITS = 74;

const COUNTER_END = 1n << 74n;
/**
 * How far from one id to the next: small enough to be sent in four bytes (see `dense.ts`), large enough that nobody who saw
 * an id can take the next one before this device does. A guess is a command under the guesser's own name that has to be
 * accepted; for every millisecond in which the next tap may fall there are four thousand million.
 */
const STEP_BYTES = 4;

/**
 * The id after `last`: some way on from it, at the time of `now_ms` if that is later (it is not in the same millisecond, or
 * if the clock was set back).
 */
export function nextCommandId(last: string | null, now_ms: number, random: Uint8Array): string {
  const now = BigInt(Math.max(0, Math.floor(now_ms)));
  if (last === null) return written(now, beginning(random));
  const before = partsOf(last);
  const time = now > before.time ? now : before.time;
  const counter = before.counter + 1n + number(random.subarray(0, STEP_BYTES));
  return counter < COUNTER_END ? written(time, counter) : written(time + 1n, beginning(random));
}

function beginning(random: Uint8Array): bigint {
  // The highest bit stays free, so that there is always room to go on.
  return number(random.subarray(0, RANDOM_BYTES)) % (COUNTER_END >> 1n);
}

function number(bytes: Uint8Array): bigint {
  return bytes.reduce((whole, byte) => (whole << 8n) | BigInt(byte), 0n);
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

/** The two numbers that an id consists of: milliseconds since 1970, and the bits that are neither time nor version nor variant. */
export function partsOf(id: string): { time: bigint; counter: bigint } {
  const whole = BigInt(`0x${id.replaceAll("-", "")}`);
  const high = (whole >> 64n) & 0xfffn;
  return { time: whole >> 80n, counter: (high << 62n) | (whole & ((1n << 62n) - 1n)) };
}
