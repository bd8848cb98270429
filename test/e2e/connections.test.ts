/** Connections in VS Code: what is said of each way to fail, and that nothing stays open. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands, settings } from '../../src/editor/contributions.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { freePort } from '../servers/postgres.ts';
import { configure, forgetModels } from './configuration.ts';
import { closeEditors } from './events.ts';
import { ask, connect, disconnect, refresh } from './khipu.ts';
import { chats, openAi } from './models.ts';
import { sqlReply } from './replies.ts';
import { connectionCount, openZoo, profileOf, stranger, type Zoo } from './zoo.ts';

describe('Connections', () => {
  let zoo: Zoo;
  let server: ModelServer;
  let sql: string;

  before(async () => {
    zoo = await openZoo('connections');
    server = await openAi.start(() => sqlReply(sql));
  });

  after(async () => {
    await forgetModels();
    await server.close();
    await zoo.dispose();
  });

  beforeEach(() => {
    sql = 'SELECT v.id FROM zoo.visits AS v';
  });

  afterEach(closeEditors);

  describe('that fail', () => {
    const fails = (what: string, changes: () => object | Promise<object>, message: RegExp): Mocha.Test =>
      it(`${what}: nothing is asked of a model`, async () => {
        const profile = { ...profileOf(zoo.server, 'failing'), ...(await changes()) };
        await configure({ [settings.connections]: [profileOf(zoo.server, zoo.id), profile] });
        const before = chats(server).length;
        const outcome = await ask('Which visits were there?', 'failing');
        assert.match(outcome.error ?? '', message);
        assert.equal(chats(server).length, before);
      });

    fails(
      'unknown host',
      () => ({ host: 'no-such-host.invalid' }),
      /^There is no host named no-such-host\.invalid\.$/,
    );
    fails(
      'stopped server',
      async () => ({ port: await freePort() }),
      /^Nothing accepts Postgres connections at 127\.0\.0\.1:\d+\.$/,
    );
    fails('refused TLS', () => ({ tls: 'require' }), /^No encrypted connection could be agreed on with 127/);
    fails(
      'wrong password',
      () => ({ user: stranger }),
      /refused the user stranger: password authentication failed/,
    );
    fails(
      'missing password',
      () => ({ user: 'postgres' }),
      /asks for a password, and none is stored for postgres/,
    );
    fails('missing database', () => ({ database: 'aquarium' }), /^There is no database aquarium at 127/);
    fails('invalid setting', () => ({ port: 'five' }), /^The setting khipu\.connections is not valid/);

    after(() => configure({ [settings.connections]: [profileOf(zoo.server, zoo.id)] }));
  });

  it('are closed by Disconnect, also under rows that are still looked at', async () => {
    assert.equal((await ask('Which visits were there?', zoo.id)).rows.length, 500);
    assert.notEqual(await zoo.value(connectionCount), 0);
    await disconnect(zoo.id);
    await zoo.untilValue(connectionCount, 0);
  });

  it('are made again by the next question', async () => {
    await connect(zoo.id);
    assert.notEqual(await zoo.value(connectionCount), 0);
    await disconnect(zoo.id);
    assert.equal((await ask('Which visits were there?', zoo.id)).error, undefined);
  });

  it('read the schema again on Refresh', async () => {
    await connect(zoo.id);
    await zoo.server.run('CREATE TABLE zoo.keepers (name text); GRANT SELECT ON zoo.keepers TO PUBLIC');
    sql = 'SELECT k.name FROM zoo.keepers AS k';
    assert.match((await ask('Who keeps the animals?', zoo.id)).error ?? '', /no table zoo\.keepers/);
    await refresh(zoo.id);
    assert.deepEqual(
      await ask('Who keeps the animals?', zoo.id).then(({ error, columns }) => [error, columns]),
      [undefined, ['name']],
    );
  });

  it('are let go when their settings change, but not under an open transaction', async () => {
    const writable = { ...profileOf(zoo.server, zoo.id), access: 'write' };
    await configure({ [settings.connections]: [writable] });
    assert.equal(await vscode.commands.executeCommand(commands.beginTransaction, zoo.id), 'write');
    await configure({ [settings.connections]: [{ ...writable, label: 'staging' }] });
    // It is open still, so that there cannot be a second.
    assert.equal(await vscode.commands.executeCommand(commands.beginTransaction, zoo.id), undefined);
    assert.notEqual(await zoo.value(connectionCount), 0);
    await vscode.commands.executeCommand(commands.rollBack, zoo.id);
    await zoo.untilValue(connectionCount, 0);
    await connect(zoo.id);
    await configure({ [settings.connections]: [profileOf(zoo.server, zoo.id)] });
    await zoo.untilValue(connectionCount, 0);
  });

  it('survive a server that goes and comes back', async () => {
    await ask('Which visits were there?', zoo.id);
    await zoo.server.stop();
    assert.match((await ask('Which visits were there?', zoo.id)).error ?? '', /Nothing accepts|connection/i);
    await zoo.server.start();
    assert.equal((await ask('Which visits were there?', zoo.id)).error, undefined);
  });
});
