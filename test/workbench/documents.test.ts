/** Documents as a person meets them: cited above the answer, opened at the line, followed as they change, and told of when unreadable. */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freshDemoWorkspace } from '../host/demoWorkspace.ts';
import { editor, notification, runCommand, screenshot, webviewFrame } from '../host/workbenchPage.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { startOpenAiServer } from '../servers/openaiServer.ts';
import { answer, ask, sampleTree, tooltip } from './gestures.ts';
import { khipuLog, seededDataDir, useWorkbench } from './session.ts';
import { until } from './until.ts';

const terms = `# Customers

## Churn

A customer has churned when they placed no order for 90 days.
Customers who never ordered are prospects.

# Orders

A return is open until the money has been paid back.
`;

const handbook = `# Handbook

## Premium

Premium customers have spent more than 1,000 in a year.
`;

const sql = 'SELECT count(*) AS customers FROM shop.customers';

for (const theme of ['dark', 'light'] as const) {
  describe(`documents (${theme})`, function () {
    this.timeout(90_000);
    let workspace: string;
    let model: ModelServer;
    const window = useWorkbench(async () => {
      workspace = await freshDemoWorkspace();
      await mkdir(join(workspace, '.khipu/docs'), { recursive: true });
      await mkdir(join(workspace, 'handbook'), { recursive: true });
      await writeFile(join(workspace, '.khipu/docs/terms.md'), terms);
      await writeFile(join(workspace, 'handbook/premium.md'), handbook);
      await writeFile(join(workspace, 'handbook/broken.pdf'), 'This is no PDF.');
      model = await startOpenAiServer({
        reply: () =>
          JSON.stringify({
            sql,
            explanation: 'Customers without an order.',
            assumptions: [],
            clarification: null,
          }),
      });
      const serverDataDir = await seededDataDir({
        'khipu.model.provider': 'openai',
        'khipu.model.name': 'test-model',
        'khipu.model.baseUrl': model.url,
        'khipu.documents.folders': ['handbook'],
      });
      return { workspace, serverDataDir, theme };
    });
    after(() => model.close());

    const logged = (line: RegExp): Promise<unknown> =>
      until(`the log says ${line.source}`, async () =>
        line.test(await khipuLog(window.workbench.serverDataDir)) ? true : undefined,
      );
    const prompt = (): string => JSON.stringify(model.requests.at(-1)?.body);

    it('are read once a database is connected, and what is left out is told of', async () => {
      const { page } = window;
      await sampleTree(page);
      const told = notification(page, 'Documents: handbook/broken.pdf is damaged, or not a PDF.');
      await told.waitFor();
      await told.getByRole('button', { name: 'Show Log' }).waitFor();
      await screenshot(page, `documents-told-${theme}`);
      await logged(/documents: 2 read, 3 passages, 1 notices/);
    });

    it('are counted in what is said of the index', async () => {
      const { page } = window;
      const status = page.locator('.statusbar').getByText('Sample shop');
      const counted = /tables and verified questions and 3 passages of documents, by/;
      // The tooltip of what was pressed before may still be in sight.
      await until('count of passages', async () =>
        counted.test(await tooltip(page, status)) ? true : undefined,
      );
    });

    it('are cited above the answer, and open at the line', async () => {
      const { page } = window;
      await ask(page, 'Which customers churned last quarter?');
      const view = await answer(page, 'Which customers churned last quarter?');
      const sources = view.getByRole('list', { name: 'Sources' });
      assert.deepEqual(await sources.getByRole('button').allInnerTexts(), [
        'terms.mdCustomers › Churn, lines 5–6',
      ]);
      assert.match(prompt(), /terms\.md, Customers > Churn, lines 5–6\\nA customer has churned/);
      assert.doesNotMatch(prompt(), /paid back|Premium/);
      await page.mouse.move(600, 600);
      await screenshot(page, `documents-cited-${theme}`);
      await sources.getByRole('button', { name: 'terms.md' }).click();
      await editor(page).getByText('A customer has churned when').waitFor();
      await page
        .locator('.statusbar')
        .getByText(/Ln 6, Col 43/)
        .waitFor();
      await screenshot(page, `documents-opened-${theme}`);
    });

    it('are followed as they change', async () => {
      const { page } = window;
      const moved = terms.replace('## Churn', 'All of them.\n\n## Churn').replace('90 days', '60 days');
      await writeFile(join(workspace, '.khipu/docs/terms.md'), moved);
      await logged(/documents: 2 read, 4 passages/);
      await ask(page, 'How many customers churned last month?');
      const view = await answer(page, 'How many customers churned last month?');
      const sources = view.getByRole('list', { name: 'Sources' });
      await sources.getByText('Customers › Churn, lines 7–8').waitFor();
      assert.match(prompt(), /no order for 60 days/);
    });

    it('are read of the folders that the glossary names, as far as they lie in the workspace', async () => {
      const { page } = window;
      await mkdir(join(workspace, 'figures'));
      await writeFile(join(workspace, 'figures/basket.md'), 'A basket is abandoned after one hour.');
      await writeFile(
        join(workspace, '.khipu/khipu.yml'),
        'version: 1\ndocuments: [figures, ../elsewhere]\n',
      );
      await logged(/documents: 3 read, 5 passages/);
      await logged(/documents: The folder \S*elsewhere does not exist/);
      await ask(page, 'How many baskets were abandoned?');
      const view = await answer(page, 'How many baskets were abandoned?');
      await view.getByRole('button', { name: 'basket.md' }).waitFor();
      await rm(join(workspace, 'figures'), { recursive: true });
      await rm(join(workspace, '.khipu/khipu.yml'));
      await logged(/documents: 2 read, 4 passages[^]*documents: 3 read[^]*documents: 2 read, 4 passages/);
    });

    it('are not cited where they say nothing of a question', async () => {
      const { page } = window;
      await ask(page, 'What does each department earn?');
      await answer(page, 'What does each department earn?');
      assert.equal(await webviewFrame(page).getByRole('list', { name: 'Sources' }).count(), 0);
      assert.doesNotMatch(prompt(), /passages of documents/);
    });

    it('that are gone are said to be, and forgotten', async () => {
      const { page } = window;
      await ask(page, 'How many premium customers?');
      const view = await answer(page, 'How many premium customers?');
      const source = view.getByRole('button', { name: 'premium.md' });
      await source.waitFor();
      await rm(join(workspace, 'handbook'), { recursive: true });
      await logged(/documents: 1 read, 3 passages/);
      await source.click();
      await notification(page, 'handbook/premium.md is gone.').waitFor();
      await ask(page, 'How many premium customers are there?');
      await answer(page, 'How many premium customers are there?');
      assert.doesNotMatch(prompt(), /Premium/);
    });
  });
}

describe('documents of a workspace that is not trusted', function () {
  this.timeout(90_000);
  const window = useWorkbench(async () => {
    const workspace = await freshDemoWorkspace();
    await mkdir(join(workspace, '.khipu/docs'), { recursive: true });
    await mkdir(join(workspace, 'named'), { recursive: true });
    await writeFile(join(workspace, '.khipu/docs/terms.md'), terms);
    await writeFile(join(workspace, 'named/premium.md'), handbook);
    const own = { 'khipu.sample.openOnStartup': true, 'khipu.documents.folders': ['named'] };
    await writeFile(join(workspace, '.vscode/settings.json'), JSON.stringify(own));
    return {
      workspace,
      workspaceTrust: true,
      settings: {
        'security.workspace.trust.enabled': true,
        'security.workspace.trust.startupPrompt': 'never',
        'security.workspace.trust.banner': 'never',
      },
    };
  });

  it('are read once it is, and not before', async () => {
    const { page, workbench } = window;
    const logged = (line: RegExp): Promise<unknown> =>
      until(`log line ${line.source}`, async () =>
        line.test(await khipuLog(workbench.serverDataDir)) ? true : undefined,
      );
    await page.locator('.statusbar').getByText('Restricted Mode').waitFor();
    await sampleTree(page);
    await logged(/documents: 0 read, 0 passages, 0 notices/);
    await runCommand(page, 'Workspaces: Manage Workspace Trust');
    const trust = page.locator('.workspace-trust-editor').getByRole('button', { name: /^Trust/ });
    await trust.first().click();
    await logged(/documents: 2 read, 3 passages, 0 notices/);
  });
});
