/** Every surface against both databases, with both kinds of model and with none at all. */
import assert from 'node:assert/strict';
import type { ModelServer } from '../servers/httpServer.ts';
import { settings } from '../../src/editor/contributions.ts';
import { configure, forgetModels, nowhere, useNoModel } from './configuration.ts';
import { databases, type Database } from './databases.ts';
import { closeEditors, resultsTab } from './events.ts';
import { ask, askComment, generateSql, runStatement } from './khipu.ts';
import { chats, ollama, openAi, promptOf, type ModelKind } from './models.ts';
import { sqlReply } from './replies.ts';
import { openSqlFile } from './openFile.ts';

/** The surfaces with one model: the model sees the question, and the rows are those of the database. */
function withModel(database: Database, kind: ModelKind): void {
  const { question, sql, id } = database;
  let server: ModelServer;
  let earlier: number;

  before(async () => {
    server = await kind.start((prompt) => (prompt.includes(question) ? sqlReply(sql) : { status: 500 }));
  });

  beforeEach(() => {
    earlier = chats(server).length;
  });

  after(async () => {
    await forgetModels();
    await server.close();
  });

  const saysWhoAnswered = (outcome: Awaited<ReturnType<typeof ask>>): void => {
    const { columns, rows } = database;
    const expected = { source: 'model', model: kind.label, notices: [], columns, rows, error: undefined };
    const { source, model, notices, error } = outcome;
    assert.deepEqual(
      { source, model, notices, columns: outcome.columns, rows: outcome.rows, error },
      expected,
    );
    assert.equal(outcome.sql, sql);
    assert.equal(chats(server).length, earlier + 1);
  };

  it('Ask Database shows the rows under the question', async () => {
    saysWhoAnswered(await ask(question, id));
    await resultsTab(question.length <= 40 ? question : `${question.slice(0, 39).trimEnd()}…`);
  });

  it('Ask over a comment gives the rows', async () => {
    const file = await openSqlFile(`-- ${question}\n`);
    saysWhoAnswered(await askComment(file.uri, 0));
  });

  it('Generate SQL writes the statement below the comment', async () => {
    const file = await openSqlFile(`-- ${question}\n`);
    assert.equal(await generateSql(file.uri, 0), sql);
    assert.equal(file.text(), `-- ${question}\n${sql};\n`);
    assert.ok(promptOf(chats(server)[earlier]).includes(question));
  });
}

/** The surfaces without a model: what is verified is answered, and anything else says what to do. */
function withoutModel(database: Database, switchOff: () => Promise<void>): void {
  const { question, id, verified, sql, columns, rows } = database;
  before(switchOff);
  after(forgetModels);

  it('Ask Database says that there is no model, and what can be asked', async () => {
    const outcome = await ask(question, id);
    assert.match(outcome.error ?? '', /no model to ask/);
    assert.equal(outcome.candidates.length > 0, verified !== undefined);
    assert.equal(outcome.sql, undefined);
  });

  it('Generate SQL writes nothing', async () => {
    const file = await openSqlFile(`-- ${question}\n`);
    assert.equal(await generateSql(file.uri, 0), undefined);
    assert.equal(file.text(), `-- ${question}\n`);
  });

  it('Run over a statement gives the rows', async () => {
    const file = await openSqlFile(`${sql};\n`);
    const outcome = await runStatement(file.uri, 3);
    assert.deepEqual([outcome.source, outcome.columns, outcome.rows], ['typed', columns, rows]);
  });

  if (verified === undefined) return;

  it('a verified question is answered, in the palette and over a comment', async () => {
    const file = await openSqlFile(`-- ${verified.question}\n`);
    for (const outcome of [await ask(verified.question, id), await askComment(file.uri, 0)]) {
      assert.deepEqual([outcome.source, outcome.model, outcome.error], ['verified', undefined, undefined]);
      assert.deepEqual(outcome.columns, verified.columns);
      assert.ok(outcome.rows.length > 5);
    }
  });
}

for (const database of databases) {
  describe(`The surfaces on ${database.name}`, () => {
    let close: () => Promise<void>;

    before(async () => {
      close = await database.open();
      await useNoModel();
      await ask(database.question, database.id); // makes it the connection in use
      await forgetModels();
    });

    after(() => close());

    afterEach(closeEditors);

    for (const kind of [openAi, ollama]) describe(`with ${kind.name}`, () => withModel(database, kind));
    describe('with models switched off', () => withoutModel(database, useNoModel));
    describe('with no Ollama on this machine', () =>
      withoutModel(database, () => configure({ [settings.ollamaBaseUrl]: nowhere })));
  });
}
