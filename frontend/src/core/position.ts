/** Positions in the order of all events: the store's epoch, the transaction, the event, each in hexadecimal. */

/** Before everything. */
export const BEGINNING = "0-0-0";

/** The later of two positions. */
export function laterPosition(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  const [left, right] = [numbers(a), numbers(b)];
  const differs = left.findIndex((number, index) => number !== right[index]);
  return (left[differs] ?? 0n) < (right[differs] ?? 0n) ? b : a;
}

function numbers(position: string): bigint[] {
  return position.split("-").map((part) => (/^[0-9a-f]+$/.test(part) ? BigInt(`0x${part}`) : 0n));
}
