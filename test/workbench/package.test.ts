/** The VSIX as users get it: made by `npm run package`, installed into a clean VS Code, and asked a question. */
import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { contentFaults } from '../../scripts/packageContents.ts';
import { zipEntries } from '../../scripts/zipEntries.ts';
import { openCleanWorkbench } from '../host/cleanInstall.ts';
import { editorCache, freshFolder, repository } from '../host/folders.ts';
import { vsixTarget } from '../host/platform.ts';
import { run } from '../host/run.ts';
import type { Workbench } from '../host/workbench.ts';
import { openViewContainer, screenshot, treeRow, webviewFrame } from '../host/workbenchPage.ts';
import { answer, ask, shownRows } from './gestures.ts';
import { filesBelow, processesBelow } from './processes.ts';
import { khipuLog } from './session.ts';
import { goToEnd, line } from './sqlEditor.ts';
import { until } from './until.ts';

describe('the package', () => {
  const vsix = join(repository, 'dist', `khipu-${vsixTarget()}.vsix`);
  let workbench: Workbench;

  before(async function () {
    this.timeout(240_000);
    const signal = AbortSignal.timeout(600_000);
    const script = join(repository, 'scripts/package.ts');
    await run(process.execPath, [script], { cwd: repository, log: () => undefined }, signal);
    const workspace = await freshFolder('clean-workspace');
    const settings = { 'khipu.model.provider': 'none' };
    workbench = await openCleanWorkbench(vsix, { workspace, settings }, signal);
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      console.log(`      picture: ${await screenshot(workbench.page, 'failed/package')}`);
  });
  after(async function () {
    this.timeout(30_000);
    await workbench.dispose();
  });

  /** The folder that the extension runs from, as its index process tells. */
  const installed = async (): Promise<string> => {
    const bundle = await until('index process', () =>
      processesBelow(workbench.server.pid)
        .flatMap(({ command }) => /\S+ragWorker\.cjs/.exec(command) ?? [])
        .at(0),
    );
    return dirname(bundle);
  };

  it('holds what it must and nothing else', async () => {
    const names = zipEntries(await readFile(vsix)).map(({ name }) => name);
    assert.deepEqual(contentFaults(names), { unexpected: [], missing: [], forbidden: [] });
  });

  it('opens the sample in a clean VS Code', async function () {
    this.timeout(90_000);
    const { page } = workbench;
    await openViewContainer(page, 'Khipu');
    await page.locator('.sidebar').getByRole('button', { name: 'Open Sample Database' }).click();
    await treeRow(page, 'lifetime_value').waitFor({ timeout: 60_000 });
  });

  it('answers a question with rows', async () => {
    const { page } = workbench;
    await ask(page, 'How many orders per country?');
    const rows = await shownRows(await answer(page, 'How many orders per country?'));
    assert.deepEqual(rows[0], ['United States', '1760']);
    assert.equal(rows.length, 12);
  });

  it('runs LanceDB out of the package, without a word of failure', async () => {
    const log = await until('line on the index', async () => {
      const text = await khipuLog(workbench.serverDataDir);
      return text.includes('Index of Sample shop') ? text : undefined;
    });
    assert.match(log, /Index of Sample shop \(lancedb, builtin\): \d\d new, 0 gone, 0 kept/);
    assert.doesNotMatch(log, /\[(?:error|warning)\]/);
    assert.equal((await installed()).startsWith(repository), false);
  });

  it('checks syntax by its own language server', async () => {
    const { page } = workbench;
    await webviewFrame(page).getByRole('button', { name: 'Open in Editor' }).click();
    await line(page, 'SELECT co.name').waitFor();
    await goToEnd(page);
    await page.keyboard.type('SELEC 1');
    await page.locator('.squiggly-error').waitFor();
  });

  it('needs no module that is not in it', async () => {
    const folder = await installed();
    const present = await readdir(folder);
    for (const name of present.filter((each) => /\.[cm]js$/.test(each))) {
      const text = await readFile(join(folder, name), 'utf8');
      const wanted = [...text.matchAll(/\brequire\("([^"]+)"\)|\bfrom"([\w@.][^"\s]*)"/g)].map(
        ([, required, imported]) => required ?? imported ?? '',
      );
      const foreign = wanted.filter(
        (each) => !isBuiltin(each) && !optional.test(each) && !present.includes(each.replace(/^\.\//, '')),
      );
      assert.deepEqual([...new Set(foreign)], [], name);
    }
  });

  if (process.platform === 'linux') {
    it('has nothing of the checkout open', () => {
      const editorItself = [editorCache, realpathSync(process.execPath)];
      const files = [...filesBelow(workbench.server.pid)];
      assert.ok(files.some((file) => file.endsWith('.node') && file.includes('lancedb')));
      const fromCheckout = files.filter(
        (file) => file.startsWith(repository) && !editorItself.some((allowed) => file.startsWith(allowed)),
      );
      assert.deepEqual(fromCheckout, []);
    });
  }
});

/** VS Code's own module; what is tried and may be missing; and LanceDB's binaries of other platforms. */
const optional =
  /^(?:vscode|pg-native|ws|cpu-features|.*\/sshcrypto\.node|(?:\.\/|@lancedb\/)lancedb[.-].+)$/;
