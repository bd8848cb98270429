/** `npm test [SUITE…] [-- --grep TEXT]`: runs the suites one after the other, also when one fails, and sums them up. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endTree } from '../test/host/processTree.ts';
import { resultsFolder, suites, type Suite } from './suites.ts';
import { printSummary, recordFault } from './testSummary.ts';

/** @returns how it ended badly, or undefined when it ended well */
async function runSuite(suite: Suite, more: readonly string[]): Promise<string | undefined> {
  console.log(`\n== ${suite.name} ==`);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'suite.ts'), suite.name, ...more], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
    void endTree(child);
  }, suite.limit * 60_000);
  const how = await new Promise<string | number>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    child.once('error', (error) => resolve(error.message));
  });
  clearTimeout(timer);
  if (late.signal.aborted) return `not done within ${suite.limit} minutes`;
  return how === 0 ? undefined : `the suite's process ended with ${how}`;
}

const { positionals, values } = parseArgs({ allowPositionals: true, options: { grep: { type: 'string' } } });
const unknown = positionals.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) throw new Error(`There is no suite ${unknown.join(', ')}.`);
const chosen = suites.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
rmSync(resultsFolder, { recursive: true, force: true });
for (const suite of chosen) {
  const fault = await runSuite(suite, values.grep === undefined ? [] : ['--grep', values.grep]);
  if (fault !== undefined) {
    recordFault(suite.name, fault);
    process.exitCode = 1;
  }
}
// .ci/run prints the sum itself, as its very last line.
if (process.env['KHIPU_SUMMARY'] !== 'later' && printSummary(chosen.map(({ name }) => name)) > 0)
  process.exitCode = 1;
