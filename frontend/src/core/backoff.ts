/** How long to wait before trying again. There is no last try: work that was not received is never given up. */

const FIRST_MS = 1_000;
/** The longest wait. */
const LONGEST_WAIT_MS = 5 * 60_000;
const SHORTEST_MS = 200;

/**
 * The wait after `failures` failures in a row, in milliseconds; `random` is from 0 to 1. Anything up to the doubled
 * limit, so that a school's devices do not all come back in the same second.
 */
export function waitAfter(failures: number, random: number): number {
  const limit = Math.min(LONGEST_WAIT_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20));
  return Math.max(SHORTEST_MS, Math.round(random * limit));
}

/** The wait that a `Retry-After` header asks for, in milliseconds, at most the longest; null if it says nothing. */
export function askedWait(header: string | null, now_ms: number): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now_ms;
  return Number.isNaN(wait) ? null : Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_MS, wait));
}
