/**
 * The next value with every part that says the same as before replaced by the part from before, so that a screen can
 * tell by identity what it need not draw again. Both must be plain data.
 */
export function shared<T>(before: unknown, next: T): T {
  if (Object.is(before, next) || !isObject(before) || !isObject(next) || Array.isArray(before) !== Array.isArray(next)) return next;
  // Copied only if it has to be: this looks at every line of a register at every tap.
  let whole: Record<string, unknown> | null = null;
  let same = true;
  let count = 0;
  for (const key in next) {
    count += 1;
    const part = shared(before[key], next[key]);
    if (!Object.is(part, next[key])) {
      whole ??= (Array.isArray(next) ? [...next] : { ...next }) as Record<string, unknown>;
      whole[key] = part;
    }
    same &&= key in before && Object.is(part, before[key]);
  }
  return (same && Object.keys(before).length === count ? before : whole ?? next) as T;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
