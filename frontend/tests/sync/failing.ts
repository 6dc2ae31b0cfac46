/** Databases that fail, as those of a full or broken device do. */

/** Does something while a method of the browser's databases fails: always, or only when it is next called. */
export async function whileFailing<Name extends string>(
  of: { [name in Name]: (...input: never[]) => unknown },
  name: Name,
  failure: "QuotaExceededError" | "UnknownError",
  work: () => Promise<void>,
  times = Number.POSITIVE_INFINITY,
): Promise<void> {
  const real = of[name];
  let left = times;
  of[name] = () => {
    left -= 1;
    if (left <= 0) of[name] = real;
    throw new DOMException("The device says no.", failure);
  };
  try {
    await work();
  } finally {
    of[name] = real;
  }
}
