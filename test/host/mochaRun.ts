/** Runs test files with mocha in this process: the same for plain Node and for the extension host of VS Code. */
import Mocha from 'mocha';
import { writeCountsAtEnd } from './testCounts.ts';

export interface MochaRun {
  readonly suite: string;
  /** Absolute paths of test files. */
  readonly files: readonly string[];
  /** Where the counts go. */
  readonly results: string;
  /** Only tests whose full title matches. */
  readonly grep?: string | undefined;
  readonly reporter?: 'spec' | 'dot';
  /** For one test, in milliseconds; 60,000 by default. */
  readonly timeout?: number;
}

/** Runs them one after the other. A skipped test counts as failed. @returns how many failed */
export async function runMocha(options: MochaRun): Promise<number> {
  const { suite, files, results, grep, reporter = 'spec', timeout = 60_000 } = options;
  const mocha = new Mocha({ ui: 'bdd', reporter, timeout, forbidPending: true, forbidOnly: isAutomatic() });
  if (grep !== undefined) mocha.grep(grep);
  for (const file of files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  return new Promise((resolve) => {
    writeCountsAtEnd(mocha.run(resolve), suite, results);
  });
}

/** The body of the e2e bundle's `run()`: throws when a test failed, which VS Code turns into its exit code. */
export async function runMochaInside(files: readonly string[]): Promise<void> {
  const results = process.env['KHIPU_TEST_RESULTS'];
  if (results === undefined) throw new Error('KHIPU_TEST_RESULTS must name the file that the counts go to.');
  const failed = await runMocha({ suite: 'e2e', files, results, grep: process.env['KHIPU_TEST_GREP'] });
  if (failed > 0) throw new Error(`${failed} tests failed.`);
}

function isAutomatic(): boolean {
  return (process.env['CI'] ?? '') !== '';
}
