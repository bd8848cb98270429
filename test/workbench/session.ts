/** One workbench for the tests of a file: the sample's cache is shared between files, and every failure leaves a picture. */
import { globSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { freshDemoWorkspace } from '../host/demoWorkspace.ts';
import { artefacts, freshFolder, repository } from '../host/folders.ts';
import { openWorkbench, type Workbench, type WorkbenchOptions } from '../host/workbench.ts';
import { screenshot } from '../host/workbenchPage.ts';

/** The window that the tests of a file share; it is there from `before` on. */
export interface Session {
  readonly page: Page;
  readonly workbench: Workbench;
}

/** Where dumps of the sample are kept from one workbench to the next: the first load takes seconds. */
const sampleCache = join(artefacts, 'workbench-sample');

/** Below a server's data, where the extension keeps what is its own. */
export const ownStorage = 'data/User/globalStorage/khipu.khipu';

/**
 * A data directory for a server, with the sample already loaded if it ever was.
 * @param machine settings that belong to a machine: they are not read from the user's when the window is a remote one, as here
 */
export async function seededDataDir(machine?: object): Promise<string> {
  const serverDataDir = await freshFolder('workbench');
  const to = join(serverDataDir, ownStorage, 'sample');
  await mkdir(to, { recursive: true });
  for (const dump of globSync(join(sampleCache, 'sample-*.tar')))
    await copyFile(dump, join(to, basename(dump)));
  if (machine !== undefined) {
    await mkdir(join(serverDataDir, 'data/Machine'), { recursive: true });
    await writeFile(join(serverDataDir, 'data/Machine/settings.json'), JSON.stringify(machine));
  }
  return serverDataDir;
}

/** Keeps the dump that a workbench has made, for the next one. */
export async function keepSampleDump(serverDataDir: string): Promise<void> {
  await mkdir(sampleCache, { recursive: true });
  for (const dump of globSync(join(serverDataDir, ownStorage, 'sample/sample-*.tar')))
    await copyFile(dump, join(sampleCache, basename(dump)));
}

/** What Khipu has written to its log in this server's lifetime. */
export async function khipuLog(serverDataDir: string): Promise<string> {
  const files = globSync(join(serverDataDir, 'data/logs/**/khipu.khipu/Khipu.log'));
  return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
}

/**
 * Opens one workbench before the tests of the surrounding `describe`, and closes it after them.
 * @param options called when it is time; the demo workspace and the checkout's extension by default
 */
export function useWorkbench(
  options: () => Promise<Partial<WorkbenchOptions>> | Partial<WorkbenchOptions> = () => ({}),
): Session {
  let workbench: Workbench | undefined;
  const opened = (): Workbench => {
    if (workbench === undefined) throw new Error('The workbench opens before the first test, not earlier.');
    return workbench;
  };
  before(async function () {
    this.timeout(120_000);
    const given = await options();
    const workspace = given.workspace ?? (await freshDemoWorkspace());
    const serverDataDir = given.serverDataDir ?? (await seededDataDir());
    workbench = await openWorkbench(
      { extensionPath: repository, workspace, ...given, serverDataDir },
      AbortSignal.timeout(600_000),
    );
  });
  afterEach(async function () {
    const test = this.currentTest;
    if (test?.state !== 'failed' || workbench === undefined) return;
    const name = test.fullTitle().replaceAll(/\W+/g, '-').slice(0, 100);
    console.log(`      picture: ${await screenshot(workbench.page, `failed/${name}`)}`);
    console.log((await khipuLog(workbench.serverDataDir)).split('\n').slice(-15).join('\n'));
  });
  after(async function () {
    this.timeout(30_000);
    if (workbench === undefined) return;
    await workbench.dispose();
    await keepSampleDump(workbench.serverDataDir);
  });
  return {
    get page() {
      return opened().page;
    },
    get workbench() {
      return opened();
    },
  };
}
