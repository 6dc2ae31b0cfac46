/** What is said of a row of samples. */

/** A row of the table. */
export interface Measured {
  readonly name: string;
  readonly unit: "ms" | "KB" | "x" | "score";
  readonly samples: number;
  readonly median: number;
  readonly p95: number;
  /** The most that the p95 may be; null: only told. */
  readonly target: number | null;
}

/** Sums samples up. */
export function measured(name: string, unit: Measured["unit"], samples: readonly number[], target: number | null): Measured {
  if (samples.length === 0) throw new Error(`${name}: no samples`);
  return { name, unit, samples: samples.length, median: quantile(samples, 0.5), p95: quantile(samples, 0.95), target };
}

/** The smallest sample that at least this part of all do not exceed. */
export function quantile(samples: readonly number[], part: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

/** Whether a row is as good as it should be. */
export function isMet({ p95, target }: Measured): boolean {
  return target === null || p95 <= target;
}

/** The table, for people. */
export function table(rows: readonly Measured[]): string {
  const cells = rows.map((row) => [
    row.name, row.unit, String(row.samples), shown(row.median), shown(row.p95),
    row.target === null ? "" : `<= ${row.target}`, row.target === null ? "" : isMet(row) ? "met" : "MISSED",
  ]);
  const all = [["", "unit", "samples", "median", "p95", "target", ""], ...cells];
  const widths = all[0]?.map((_cell, column) => Math.max(...all.map((line) => line[column]?.length ?? 0))) ?? [];
  return all.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()).join("\n");
}

function shown(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}
