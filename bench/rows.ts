/** Rows of the bench, and medians. */
export interface Row {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** Value of this row over that of another of the same run. */
  readonly ratio?: { readonly to: string; readonly value: number };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** Milliseconds of processor time that `work` takes, collector and compiler included: the clock would count the neighbours too. */
export function time(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

export function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map((row) => row.figure.length));
  return rows
    .map(({ figure, value, unit, ratio }) => {
      const number = value >= 100 ? value.toFixed(0) : value.toFixed(2);
      const beside = ratio === undefined ? '' : `   ${ratio.value.toFixed(2)}x ${ratio.to}`;
      return `  ${figure.padEnd(width)}  ${number.padStart(12)} ${unit.padEnd(12)}${beside}`;
    })
    .join('\n');
}

/** Peak of the resident set so far, in megabytes. */
export function peakMegabytes(): number {
  return process.resourceUsage().maxRSS / 1024;
}

/** Bytes that are alive: heap and array buffers, after a collection. Needs `--expose-gc`. */
export function heapBytes(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
