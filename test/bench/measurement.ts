/** What a benchmark gives: ours against a reference that was measured in the same run, so that the machine does not matter. */
export interface Measurement {
  readonly ours: number;
  readonly reference: number;
  /** For both; less is better. */
  readonly unit: string;
}

/** Prints a line of the story; the last line of all is the measurement. */
export type Tell = (line: string) => void;

/** The module `test/bench/NAME/bench.ts`. */
export interface Benchmark {
  measure(tell: Tell, signal: AbortSignal): Promise<Measurement>;
}

/** The middle value; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const pair = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return pair.reduce<number>((sum, value) => sum + (value ?? Number.NaN), 0) / 2;
}
