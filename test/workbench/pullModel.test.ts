/** A model that is configured and missing, in the real window: it is offered to be pulled, with progress and Cancel, and answers then. */
import assert from 'node:assert/strict';
import { notification, screenshot } from '../host/workbenchPage.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { startOllamaServer } from '../servers/ollamaServer.ts';
import { answer, ask, problem, sampleTree } from './gestures.ts';
import { seededDataDir, useWorkbench } from './session.ts';

const reply = JSON.stringify({
  sql: 'SELECT s.name FROM shop.suppliers AS s ORDER BY s.name',
  explanation: 'All suppliers by name.',
  assumptions: [],
  clarification: null,
});
const question = 'Who supplies us with anything at all?';
const model = 'qwen2.5-coder:7b';

for (const theme of ['dark', 'light'] as const) {
  describe(`choosing a model that is missing (${theme})`, () => {
    let server: ModelServer;
    let gate: (line: number) => Promise<unknown> = () => Promise.resolve();
    const window = useWorkbench(async () => {
      server = await startOllamaServer({
        models: [],
        reply: () => reply,
        pull: () => ({ layers: [4_600_000_000], gate: (line) => gate(line) }),
      });
      const serverDataDir = await seededDataDir({
        'khipu.model.provider': 'ollama',
        'khipu.model.name': model,
        'khipu.ollama.baseUrl': server.url,
      });
      return { theme, serverDataDir };
    });
    after(() => server.close());

    it('has it pulled by a button of the failure, shows how far it is, and stops when told so', async function () {
      this.timeout(120_000);
      const { page } = window;
      await sampleTree(page);
      await ask(page, question);
      const pull = (await problem(page, question)).getByRole('button', { name: `Pull ${model}` });
      await pull.waitFor();
      await screenshot(page, `model-missing-${theme}`);

      const held = Promise.withResolvers<undefined>();
      gate = (line) => (line === 4 ? held.promise : Promise.resolve());
      const next = server.requests.length;
      await pull.click();
      const progress = notification(page, `Pulling ${model}`);
      await progress.getByText('2.3 of 4.6 GB (50 %)').waitFor();
      await screenshot(page, `model-pull-${theme}`);
      const request = await server.request(next);
      assert.equal(request.path, '/api/pull');
      await progress.getByRole('button', { name: 'Cancel' }).click();
      assert.equal(await request.ended, 'closed-by-client');
      held.resolve(undefined);
      await progress.waitFor({ state: 'hidden' });
    });

    it('pulls it to the end, and it answers', async () => {
      const { page } = window;
      gate = () => Promise.resolve();
      await (await problem(page)).getByRole('button', { name: `Pull ${model}` }).click();
      await notification(page, `${model} is there now: ask again.`).waitFor();
      await screenshot(page, `model-pulled-${theme}`);
      await ask(page, question);
      const answered = await answer(page, question);
      await answered.locator('.chip.model').getByText(`ollama:${model}`).waitFor();
    });
  });
}
