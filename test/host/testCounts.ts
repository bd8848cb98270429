/** How a suite says what came of it: mocha's counts in a file of its own, written at the end of the run, wherever it ran. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Runner } from 'mocha';
import * as z from 'zod';

export const testCounts = z.object({
  suite: z.string(),
  passed: z.number(),
  failed: z.number(),
  durationMs: z.number(),
  /** The title of each failed test with its first line of error. */
  failures: z.array(z.string()),
});
export type TestCounts = z.infer<typeof testCounts>;

/** The file of a suite's counts. @param folder usually `.cache/test-results` of the checkout */
export function countsFile(folder: string, suite: string): string {
  return join(folder, `${suite}.json`);
}

/** Writes the counts when the run ends. A run that dies before leaves no file, which the summary takes for a failure. */
export function writeCountsAtEnd(runner: Runner, suite: string, file: string): void {
  const failures: string[] = [];
  runner.on('fail', (test, error: Error) => {
    failures.push(`${test.fullTitle()}: ${error.message.split('\n')[0] ?? ''}`);
  });
  runner.on('end', () => {
    const { passes: passed = 0, failures: failed = 0, duration: durationMs = 0 } = runner.stats ?? {};
    const counts: TestCounts = { suite, passed, failed, durationMs, failures };
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(counts, undefined, 2)}\n`);
  });
}
