/** A line over periods, reckoned for a field of 100 by 100 whose origin is at the top left. Pure. */

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

export interface Chart {
  /** The parts of the line: where a period has no value the line has a gap. */
  readonly lines: readonly (readonly ChartPoint[])[];
  /** What the lower edge of the field stands for; the upper one is 100. */
  readonly floor: number;
}

/** How far below the lowest value the field may begin: the next full ten. */
const STEP = 10;

/** The chart of shares in percent, in the order of their periods; null: nothing counts in that period. */
export function chartOf(percents: readonly (number | null)[]): Chart {
  const known = percents.filter((value) => value !== null);
  const lowest = known.length === 0 ? 0 : Math.min(...known);
  const floor = Math.min(100 - STEP, Math.max(0, Math.floor(lowest / STEP) * STEP));
  const lines: ChartPoint[][] = [[]];
  for (const [index, value] of percents.entries()) {
    const x = percents.length < 2 ? 50 : (index / (percents.length - 1)) * 100;
    if (value === null) lines.push([]);
    else lines.at(-1)?.push({ x, y: ((100 - value) / (100 - floor)) * 100 });
  }
  return { lines: lines.filter((line) => line.length > 0), floor };
}
