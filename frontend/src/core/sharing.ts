/**
 * The next value with every part that says the same as before replaced by the part from before, so that a screen can
 * tell by identity what it need not draw again. Both must be plain data.
 */
export function shared<T>(before: unknown, next: T): T {
  if (Object.is(before, next)) return next;
  if (!isObject(before) || !isObject(next) || Array.isArray(before) !== Array.isArray(next)) return next;
  const keys = Object.keys(next);
  let same = Object.keys(before).length === keys.length;
  const parts: [string, unknown][] = keys.map((key) => {
    const part = shared(before[key], next[key]);
    same &&= key in before && Object.is(part, before[key]);
    return [key, part];
  });
  const whole = same ? before : Array.isArray(next) ? parts.map(([, part]) => part) : Object.fromEntries(parts);
  return whole as T;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
