/** How the index is seen: in its connection's row while it is made and when something is wrong, in a message, and when it is made anew. */
import assert from 'node:assert/strict';
import { freshFolder } from '../host/folders.ts';
import {
  notification,
  openViewContainer,
  pick,
  runCommand,
  screenshot,
  treeRow,
} from '../host/workbenchPage.ts';
import { bagOfWords, type ScriptedEmbeddings } from '../servers/embeddingReply.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { startOpenAiServer } from '../servers/openaiServer.ts';
import { startPostgres, type PostgresServer } from '../servers/postgres.ts';
import { answerField, chooseFromMenu, describedRow, toggle, tooltip } from './gestures.ts';
import { seededDataDir, useWorkbench } from './session.ts';

/** Tables enough for several requests to the embedding model. */
const ranch = `DO $$ BEGIN
  CREATE SCHEMA ranch;
  FOR i IN 1..300 LOOP EXECUTE format('CREATE TABLE ranch.herd_%s (id int PRIMARY KEY, llama text)', i); END LOOP;
END $$`;

/** What a model that can be stopped answers. */
interface Gate {
  reply: (texts: readonly string[]) => ScriptedEmbeddings | Promise<ScriptedEmbeddings>;
}

for (const theme of ['dark', 'light'] as const) {
  describe(`the index (${theme})`, function () {
    this.timeout(90_000);
    let postgres: PostgresServer;
    let model: ModelServer;
    const gate: Gate = { reply: (texts) => bagOfWords(texts) };
    const window = useWorkbench(async () => {
      const rules = ['host all visitor 127.0.0.1/32 trust'];
      postgres = await startPostgres([], rules);
      await postgres.run('CREATE ROLE visitor LOGIN SUPERUSER');
      await postgres.run(ranch);
      model = await startOpenAiServer({ reply: () => '{}', embed: (texts) => gate.reply(texts) });
      const connection = {
        ...{ id: 'ranch', name: 'Ranch', host: '127.0.0.1', port: postgres.port },
        ...{ database: 'postgres', user: 'visitor', tls: 'disable' },
      };
      const serverDataDir = await seededDataDir({
        'khipu.model.provider': 'openai',
        'khipu.model.name': 'm',
        'khipu.model.baseUrl': model.url,
        'khipu.rag.embedder': 'openai:embed-small',
      });
      const settings = { 'khipu.connections': [connection] };
      return { workspace: await freshFolder('empty'), serverDataDir, theme, settings };
    });
    after(async () => {
      await model.close();
      await postgres.dispose();
    });

    const status = () => window.page.locator('.statusbar').getByText('Ranch');

    it('says how far it is while it is made, and nothing more when it is complete', async () => {
      const { page } = window;
      const stopped = Promise.withResolvers<undefined>();
      let requests = 0;
      gate.reply = async (texts) => {
        if (++requests > 3) await stopped.promise;
        return bagOfWords(texts);
      };
      await openViewContainer(page, 'Khipu');
      await toggle(treeRow(page, 'Ranch'));
      await describedRow(page, 'Ranch', 'connected · indexing 40 %').waitFor();
      await runCommand(page, 'Khipu: Choose Connection');
      await pick(page, 'Ranch');
      assert.match(
        await tooltip(page, status()),
        /Indexing: 128 of 300\. Questions are answered meanwhile\./,
      );
      await screenshot(page, `index-making-${theme}`);
      stopped.resolve(undefined);
      await describedRow(page, 'Ranch', 'connected').waitFor();
      assert.match(
        await tooltip(page, status()),
        /Index of 300 tables and verified questions, by openai:embed-small@127\.0\.0\.1:\d+\./,
      );
    });

    it('is made anew on demand, which can be cancelled, and says that it is not complete then', async () => {
      const { page } = window;
      const asked = Promise.withResolvers<undefined>();
      gate.reply = () => {
        asked.resolve(undefined);
        return { silence: true };
      };
      await chooseFromMenu(page, treeRow(page, 'Ranch'), 'Rebuild Index');
      await asked.promise;
      const progress = notification(page, 'Rebuilding the index of Ranch');
      await progress.waitFor();
      await screenshot(page, `index-rebuilding-${theme}`);
      await progress.getByRole('button', { name: 'Cancel' }).click();
      await describedRow(page, 'Ranch', 'connected · index incomplete').waitFor();
      await progress.waitFor({ state: 'hidden' });
    });

    it('says why the built-in embedder stands in, with the buttons to change that', async () => {
      const { page } = window;
      gate.reply = () => ({ status: 401, message: 'Incorrect API key provided.' });
      await chooseFromMenu(page, treeRow(page, 'Ranch'), 'Rebuild Index');
      await describedRow(page, 'Ranch', 'connected · built-in index').waitFor();
      // VS Code shows no more than three toasts in 0.8 s, and these tests are faster than a hand: all are in the centre.
      await runCommand(page, 'Notifications: Show Notifications');
      const told = page
        .locator('.notifications-center .notification-list-item')
        .filter({ hasText: /Index of Ranch: .*wants a key/ });
      await told.waitFor();
      await screenshot(page, `index-without-key-${theme}`);
      for (const name of ['Set API Key', 'Open Settings', 'Show Log']) {
        await told.getByRole('button', { name }).waitFor();
      }
      gate.reply = (texts) => bagOfWords(texts);
      await told.getByRole('button', { name: 'Set API Key' }).click();
      await answerField(page, `API Key for ${new URL(model.url).host}`, 'sk-a-key');
      // The new key is tried at once.
      await describedRow(page, 'Ranch', 'connected').waitFor();
    });
  });
}
