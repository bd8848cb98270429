/** The test suites, in the order in which `npm test` runs them. */
import { join } from 'node:path';
import { artefacts } from '../test/host/folders.ts';

export interface Suite {
  readonly name: string;
  /** Where its tests run: in plain Node by mocha, or inside the extension host of VS Code. */
  readonly runsIn: 'node' | 'vscode';
  /** A glob of test files, or the bundle that exports `run()`; relative to the checkout. */
  readonly tests: string;
  /** After this long it is taken for hung and ended, in minutes. */
  readonly limit: number;
}

export const suites: readonly Suite[] = [
  { name: 'unit', runsIn: 'node', tests: 'test/unit/**/*.test.ts', limit: 5 },
  { name: 'integration', runsIn: 'node', tests: 'test/integration/**/*.test.ts', limit: 20 },
  { name: 'e2e', runsIn: 'vscode', tests: 'dist-test/e2e/index.cjs', limit: 10 },
  { name: 'workbench', runsIn: 'node', tests: 'test/workbench/**/*.test.ts', limit: 20 },
];

/** Each suite leaves its counts here. */
export const resultsFolder = join(artefacts, 'test-results');
