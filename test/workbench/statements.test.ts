/** Explain, Fix and Optimise of a statement in a .sql file: the change is shown, and nothing is changed before Apply. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freshDemoWorkspace } from '../host/demoWorkspace.ts';
import { notification, openFile, runCommand, screenshot } from '../host/workbenchPage.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { startOpenAiServer } from '../servers/openaiServer.ts';
import { chooseOpenAi, sampleTree } from './gestures.ts';
import { useWorkbench } from './session.ts';
import { line, savedText } from './sqlEditor.ts';

const faulty = 'SELECT count(*) FROM shop.ordres';
const right = 'SELECT count(*) FROM shop.orders';

for (const theme of ['dark', 'light'] as const)
  describe(`a statement, with Khipu, in ${theme}`, () => {
    let file = '';
    let models: ModelServer;
    let reply = '';
    const window = useWorkbench(async () => {
      const workspace = await freshDemoWorkspace();
      file = join(workspace, 'faulty.sql');
      await writeFile(file, `-- orders\n${faulty};\n`);
      models = await startOpenAiServer({ models: ['test-model'], reply: () => reply });
      return { workspace, settings: { 'files.autoSave': 'off' }, theme };
    });
    after(() => models.close());

    it('Fix shows the change, and Apply makes it', async function () {
      this.timeout(120_000);
      const { page } = window;
      await sampleTree(page);
      await chooseOpenAi(page, models.url, 'test-model');
      await openFile(page, 'faulty.sql');
      await line(page, 'shop.ordres').click();
      reply = JSON.stringify({ explanation: 'The table is called orders.', sql: right, points: [] });
      await runCommand(page, 'Khipu: Fix Statement');
      const toast = notification(page, 'The table is called orders.');
      await toast.waitFor({ timeout: 60_000 });
      await page.locator('.monaco-diff-editor .line-insert').first().waitFor();
      assert.equal(await readFile(file, 'utf8'), `-- orders\n${faulty};\n`);
      await screenshot(page, `statement-fix-${theme}`);
      await toast.getByRole('button', { name: 'Apply' }).click();
      await page.locator('.monaco-diff-editor').waitFor({ state: 'hidden' });
      await line(page, 'shop.orders').waitFor();
      assert.equal(await savedText(page, file), `-- orders\n${right};\n`);
    });

    it('Explain opens what the model says beside the file, as text', async function () {
      this.timeout(60_000);
      const { page } = window;
      reply = JSON.stringify({ explanation: 'It counts *all* orders.', sql: null, points: ['No filter.'] });
      await line(page, 'shop.orders').click();
      await runCommand(page, 'Khipu: Explain Statement in Words');
      const preview = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
      await preview.getByText('It counts *all* orders.').waitFor();
      await preview.getByText('estimated cost').waitFor();
      await screenshot(page, `statement-explain-${theme}`);
    });
  });
