/** Verified questions against a schema that changes. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import { createModelChain } from '../../../src/models/modelChain.ts';
import { createParts, type Parts } from '../../../src/parts.ts';
import { startTrace } from '../../../src/query/trace.ts';
import { readVerified, type VerifiedEntry } from '../../../src/rag/verified.ts';
import { freshFolder, repository } from '../../host/folders.ts';
import { startOpenAiServer } from '../../servers/openaiServer.ts';
import type { ModelServer } from '../../servers/httpServer.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';
import { never } from './askedParts.ts';

const text = `
-- question: How many pots are there?
SELECT count(*) AS pots FROM pottery.pots;

-- question: Which glazes are used?
SELECT DISTINCT glaze FROM pottery.pots ORDER BY glaze;

-- question: Throw all pots away
DELETE FROM pottery.pots;
`;

describe('verified questions', function () {
  this.timeout(60_000);
  let postgres: PostgresServer;
  let models: ModelServer;
  let parts: Parts;
  let storage: string;
  let questions: readonly VerifiedEntry[] = readVerified(text).entries;

  before(async () => {
    postgres = await startPostgres();
    await postgres.run(`CREATE SCHEMA pottery; CREATE TABLE pottery.pots (id int, glaze text);
      INSERT INTO pottery.pots VALUES (1, 'celadon'), (2, 'ash');`);
    const reply = { sql: 'SELECT 7 AS pots', explanation: '', assumptions: [], clarification: null };
    models = await startOpenAiServer({
      models: ['test-model'],
      reply: () => JSON.stringify(reply),
    });
    storage = await freshFolder('verified');
    const { profile, password } = parseConnectionUrl(postgres.url(), 'test');
    parts = createParts({
      dist: join(repository, 'dist'),
      storage,
      log: () => undefined,
      models: () =>
        createModelChain(
          {
            first: { provider: 'openai', name: 'test-model', baseUrl: models.url },
            then: [],
            ollamaUrl: '',
          },
          () => Promise.resolve('sk-test'),
        ),
      verified: () => Promise.resolve(questions),
      profiles: {
        resolve: () => Promise.resolve({ profile, context: { password: () => Promise.resolve(password) } }),
      },
      onConnectionChange: () => undefined,
    });
  });
  after(async () => {
    await parts.dispose();
    await models.close();
    await postgres.dispose();
    await rm(storage, { recursive: true, force: true });
  });

  async function ask(question: string) {
    const connected = await parts.connections.connect('test', never);
    const answer = await parts.answers.ask(
      { question },
      connected,
      startTrace(question, 'test'),
      () => undefined,
      never,
    );
    assert.ok('rows' in answer);
    const rows = answer.rows.firstRows;
    await answer.rows.close();
    return { ...answer.header, rows };
  }

  it('answer without a model while their names are there', async () => {
    const { source, rows, notices } = await ask('how many pots are there');
    assert.deepEqual([source, rows, notices], ['verified', [['2']], []]);
    assert.equal(models.requests.length, 0);
  });

  it('are stale when they write', async () => {
    const { fresh, stale } = await parts.answers.checkVerified(
      await parts.connections.connect('test', never),
    );
    assert.deepEqual(
      fresh.map(({ question }) => question),
      ['How many pots are there?', 'Which glazes are used?'],
    );
    assert.deepEqual(
      stale.map(({ question }) => question.question),
      ['Throw all pots away'],
    );
    assert.match(stale[0]?.why ?? '', /DELETE|read/i);
  });

  it('are not used once a name is gone: the model is asked, and the answer says why', async () => {
    await postgres.run('ALTER TABLE pottery.pots RENAME COLUMN glaze TO coat');
    await parts.connections.refresh('test', never);
    const { source, notices } = await ask('Which glazes are used?');
    assert.equal(source, 'model');
    assert.match(
      notices.join(),
      /“Which glazes are used\?” asks this, but .*no column glaze.*It was not used/,
    );
    assert.equal((await ask('How many pots are there?')).source, 'verified');
  });

  it('are used as soon as they are corrected', async () => {
    questions = readVerified(
      text.replaceAll('glaze FROM', 'coat FROM').replace('BY glaze', 'BY coat'),
    ).entries;
    const { source, rows, notices } = await ask('Which glazes are used?');
    assert.deepEqual([source, rows, notices], ['verified', [['ash'], ['celadon']], []]);
  });
});
