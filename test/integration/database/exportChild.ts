/** Exports more than fits to the path it is given, and prints what came of it: run where the disk is small. */
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openDatabase } from '../../../src/database/connect.ts';
import { exportDefaults } from '../../../src/database/exportFormats.ts';
import { exportRows } from '../../../src/database/exportRows.ts';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { introspect } from '../../../src/database/introspect.ts';
import { loadParser } from '../../../src/database/parse.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import { toKhipuError } from '../../../src/shared/errors.ts';

const [, , url = '', target = ''] = process.argv;
const signal = new AbortController().signal;
const { profile, password } = parseConnectionUrl(url, 'child');
const database = openDatabase(profile, { password: () => Promise.resolve(password) });
try {
  const sql = `SELECT i, repeat('x', 200) FROM generate_series(1, 100000) AS i`;
  const statement = ReadOnlySql.fromText(await loadParser(), await introspect(database, signal), sql);
  await exportRows(database, statement, target, exportDefaults('csv'), () => undefined, signal);
  console.log(JSON.stringify({ kind: 'written' }));
} catch (thrown) {
  const { kind, message } = toKhipuError(thrown);
  console.log(JSON.stringify({ kind, message, left: await readdir(dirname(target)) }));
} finally {
  await database.dispose();
}
