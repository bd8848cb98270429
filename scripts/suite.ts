/** Runs one suite in this process: `node scripts/suite.ts NAME [--grep TEXT]`. */
import { globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freshDemoWorkspace } from '../test/host/demoWorkspace.ts';
import { runExtensionTests } from '../test/host/extensionTests.ts';
import { repository } from '../test/host/folders.ts';
import { runMocha } from '../test/host/mochaRun.ts';
import { countsFile } from '../test/host/testCounts.ts';
import { resultsFolder, suites, type Suite } from './suites.ts';

/** A handle that a test left open would keep the process alive: that is a fault, and is said. */
const lingerMs = 5000;

async function runInNode(suite: Suite, results: string, grep: string | undefined): Promise<boolean> {
  const files = globSync(suite.tests, { cwd: repository }).map((file) => join(repository, file));
  const failed = await runMocha({ suite: suite.name, files: files.sort(), results, grep });
  setTimeout(() => {
    console.error(`Tests left something open: ${process.getActiveResourcesInfo().join(', ')}`);
    process.exit(1);
  }, lingerMs).unref();
  return failed === 0;
}

async function runInVsCode(suite: Suite, results: string, grep: string | undefined): Promise<boolean> {
  const env = { KHIPU_TEST_RESULTS: results, ...(grep === undefined ? {} : { KHIPU_TEST_GREP: grep }) };
  const testsPath = join(repository, suite.tests);
  const workspace = await freshDemoWorkspace();
  const log = (line: string): void => console.log(line);
  const signal = AbortSignal.timeout(suite.limit * 60_000);
  const extensionPaths = [repository, join(repository, 'test/fixtures/model-extension')];
  const options = { extensionPaths, testsPath, workspace, env, log };
  return runExtensionTests(options, signal).then(
    () => true,
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      return false;
    },
  );
}

// To exit is what ends the servers that tests have started; to die by the signal would leave them behind.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => process.exit(1));

const { positionals, values } = parseArgs({ allowPositionals: true, options: { grep: { type: 'string' } } });
const suite = suites.find(({ name }) => name === positionals[0]);
if (suite === undefined) throw new Error(`Which suite? ${suites.map(({ name }) => name).join(', ')}`);
const results = countsFile(resultsFolder, suite.name);
await rm(results, { force: true });
const passed = await (suite.runsIn === 'node' ? runInNode : runInVsCode)(suite, results, values.grep);
process.exitCode = passed ? 0 : 1;
