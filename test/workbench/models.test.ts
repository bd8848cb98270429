/** Choose Model in the real window: what each model costs in privacy, VS Code's models, and who is asked next. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { repository } from '../host/folders.ts';
import {
  notification,
  pick,
  quickInput,
  quickInputField,
  quickPickRow,
  runCommand,
  screenshot,
} from '../host/workbenchPage.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { startOllamaServer } from '../servers/ollamaServer.ts';
import { answer, ask, sampleTree } from './gestures.ts';
import { seededDataDir, useWorkbench } from './session.ts';

const reply = JSON.stringify({
  sql: 'SELECT s.name FROM shop.suppliers AS s ORDER BY s.name',
  explanation: 'All suppliers by name.',
  assumptions: [],
  clarification: null,
});

for (const theme of ['dark', 'light'] as const) {
  describe(`choosing a model (${theme})`, () => {
    let server: ModelServer;
    const window = useWorkbench(async () => {
      server = await startOllamaServer({
        models: ['qwen3:8b', { name: 'gpt-oss:120b-cloud', remoteHost: 'https://ollama.com:443' }],
        reply: () => reply,
      });
      return {
        theme,
        otherExtensions: [join(repository, 'test/fixtures/model-extension')],
        env: { KHIPU_TEST_REPLY: reply },
        serverDataDir: await seededDataDir({
          'khipu.model.provider': 'ollama',
          'khipu.model.name': 'qwen2.5-coder:7b',
          'khipu.ollama.baseUrl': server.url,
        }),
      };
    });
    after(() => server.close());

    const row = (page: Page, label: string) => quickPickRow(page, label);
    const open = async (page: Page): Promise<void> => {
      await runCommand(page, 'Khipu: Choose Model');
      await row(page, 'Pull a Model…').waitFor();
    };

    it('says of every model where what is sent goes, and which one is in use', async function () {
      this.timeout(90_000);
      const { page } = window;
      await sampleTree(page);
      await open(page);
      await quickInput(page).getByText('Test Model test-1').waitFor();
      const described = async (label: string): Promise<string> =>
        (await row(page, label).innerText()).replaceAll(/\s+/g, ' ');
      assert.match(await described('qwen2.5-coder:7b'), /in use · stays on this machine/);
      assert.match(await described('gpt-oss:120b-cloud'), /goes on to ollama\.com/);
      assert.match(await described('Test Model test-1'), /goes to the extension .*by khipu-test/);
      const sent = await quickInputField(page).getAttribute('placeholder');
      assert.match(sent ?? '', /names, types and comments .*No rows\.$/);
      await screenshot(page, `choose-model-${theme}`);
      await page.keyboard.press('Escape');
    });

    it('has models suggested to pull, and says when there is none of that name', async () => {
      const { page } = window;
      await open(page);
      await pick(page, 'Pull a Model…');
      await quickInput(page).getByText('about 4.7 GB').waitFor();
      await screenshot(page, `pull-model-${theme}`);
      await quickInputField(page).fill('no-such-model');
      await row(page, 'no-such-model').waitFor();
      await page.keyboard.press('Enter');
      const told = notification(page, 'registry has no model "no-such-model"');
      await told.getByText(/ollama\.com\/library/).waitFor();
      await told.getByRole('button', { name: /Clear Notification/ }).click();
    });

    it('adds models that are asked next, and changes their order', async () => {
      const { page } = window;
      await open(page);
      for (const label of ['qwen3:8b', 'gpt-oss:120b-cloud']) {
        await row(page, label).hover();
        await row(page, label).getByRole('button', { name: 'Ask it when the others do not answer' }).click();
        await row(page, label)
          .getByText(/asked next/)
          .waitFor();
      }
      await quickInputField(page).fill('When It Does Not');
      await pick(page, 'When It Does Not Answer…');
      await row(page, '3. ollama:gpt-oss:120b-cloud').hover();
      await screenshot(page, `model-order-${theme}`);
      await row(page, '3. ollama:gpt-oss:120b-cloud').getByRole('button', { name: 'Ask it earlier' }).click();
      await row(page, '2. ollama:gpt-oss:120b-cloud').waitFor();
      await row(page, '3. ollama:qwen3:8b').waitFor();
      // By the keyboard, too.
      await quickInputField(page).fill('gpt-oss');
      await page.keyboard.press('Enter');
      await pick(page, 'Do not ask it');
      await row(page, '2. ollama:qwen3:8b').waitFor();
      await page.keyboard.press('Escape');
      await quickInput(page).waitFor({ state: 'hidden' });
    });

    it('has a model of VS Code answer, once it is allowed where VS Code asks whether it may', async function () {
      this.timeout(90_000);
      const { page } = window;
      await open(page);
      await row(page, 'Test Model test-1').click();
      await page.locator('.statusbar').getByText('model vscode:test-1').waitFor();
      await ask(page, 'Who are all of our suppliers, by name?');
      const allow = page.locator('.monaco-dialog-box').getByRole('button', { name: 'Allow' });
      const view = answer(page, 'Who are all of our suppliers, by name?');
      await Promise.race([
        allow.waitFor().then(async () => {
          await screenshot(page, `model-consent-${theme}`);
          await allow.click();
        }),
        view,
      ]);
      await (await view).locator('.chip.model').getByText('vscode:test-1').waitFor();
      await screenshot(page, `model-vscode-${theme}`);
    });
  });
}
