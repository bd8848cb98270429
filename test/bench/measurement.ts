/** What a benchmark gives: ours against a reference that was measured in the same run, so that the machine does not matter. */
export interface Measurement {
  readonly ours: number;
  readonly reference: number;
  /** For both; less is better. */
  readonly unit: string;
  /** What else the last line says, by name. */
  readonly extra?: Readonly<Record<string, number>>;
}

/** What a benchmark may be told on the command line; each takes what it knows. */
export interface BenchmarkOptions {
  /** A file of SQL that makes the database. */
  readonly schema?: string | undefined;
  /** A file of questions, one JSON object a line. */
  readonly questions?: string | undefined;
  /** A folder of dumps, one `.sql` for each database. */
  readonly database?: string | undefined;
  /** Says one thing that was measured, as a line of JSON before the last one where `--json` asks for it. */
  readonly record: (line: object) => void;
}

/** Prints a line of the story; the last line of all is the measurement. */
export type Tell = (line: string) => void;

/** The module `test/bench/NAME/bench.ts`. */
export interface Benchmark {
  measure(tell: Tell, signal: AbortSignal, options: BenchmarkOptions): Promise<Measurement>;
}

/** The value that so large a share of the values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The middle value; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const pair = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return pair.reduce<number>((sum, value) => sum + (value ?? Number.NaN), 0) / 2;
}
