/** Sums the counts that the suites left: `node scripts/testSummary.ts` ends with the line `N passed, M failed`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { countsFile, testCounts, type TestCounts } from '../test/host/testCounts.ts';
import { resultsFolder, suites } from './suites.ts';

/** What came of a suite. One that did not run to its end, or ran nothing, has one failure more. */
function resultOf(suite: string): TestCounts {
  const file = countsFile(resultsFolder, suite);
  const nothing = { suite, passed: 0, failed: 1, durationMs: 0 };
  if (!existsSync(file)) return { ...nothing, failures: ['the suite did not run to its end'] };
  const counts = testCounts.parse(JSON.parse(readFileSync(file, 'utf8')));
  if (counts.passed + counts.failed === 0) return { ...nothing, failures: ['the suite has no tests'] };
  return counts;
}

/** Notes how a suite ended badly although no test failed: its process crashed, hung, or left something open. */
export function recordFault(suite: string, fault: string): void {
  const counts = resultOf(suite);
  if (counts.failed > 0) return;
  const noted: TestCounts = { ...counts, failed: 1, failures: [fault] };
  writeFileSync(countsFile(resultsFolder, suite), JSON.stringify(noted));
}

/** Prints a line for each suite, its failures, and the sum. @returns how many failed */
export function printSummary(names: readonly string[]): number {
  const results = names.map((name) => resultOf(name));
  console.log('');
  for (const { suite, passed, failed, durationMs, failures } of results) {
    console.log(`${suite}: ${passed} ok, ${failed} not ok, ${(durationMs / 1000).toFixed(1)} s`);
    for (const failure of failures) console.log(`  ${failure}`);
  }
  const sum = (of: (counts: TestCounts) => number): number =>
    results.reduce((total, one) => total + of(one), 0);
  const failed = sum((counts) => counts.failed);
  console.log(`\n${sum((counts) => counts.passed)} passed, ${failed} failed`);
  return failed;
}

if (import.meta.main) process.exitCode = printSummary(suites.map(({ name }) => name)) > 0 ? 1 : 0;
