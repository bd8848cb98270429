/** The sample's SQL files and their verified questions, as far as they can be judged without a database. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseVerified } from '../../../src/rag/verified.ts';
import { pgliteVersion } from '../../../src/sample/engine.ts';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

describe('sample SQL files', () => {
  it('use nothing that differs from one load to the next', async () => {
    for (const file of ['schema.sql', 'data.sql']) {
      const code = (await read(`src/sample/${file}`)).replace(/--.*$/gm, '');
      assert.doesNotMatch(code, /\b(random|now|clock_timestamp|gen_random_uuid|current_\w+)\b/i, file);
    }
  });

  it('name the installed engine, since a dump fits only the engine that made it', async () => {
    const { version } = JSON.parse(await read('node_modules/@electric-sql/pglite/package.json')) as {
      version: string;
    };
    assert.equal(pgliteVersion, version);
  });

  it('come with about thirty verified questions, each asked once and with schema-qualified tables', async () => {
    const verified = parseVerified(await read('src/sample/verified.sql'));
    assert.ok(verified.length >= 30);
    assert.equal(new Set(verified.map(({ question }) => question.toLowerCase())).size, verified.length);
    assert.ok(verified.some(({ question }) => question === 'How many orders per country?'));
    for (const { question, sql } of verified) {
      assert.match(sql, /\b(shop|hr)\.\w+/, question);
      assert.match(sql, /ORDER BY/, question);
    }
  });
});
