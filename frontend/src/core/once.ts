/** What is costly to make, as `Intl`'s formats and orders are, is made when it is first needed: no first screen waits for it. */

/** Makes something at the first call, and answers the same at every later one. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
