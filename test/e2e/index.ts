/** What VS Code calls inside its extension host: runs every test file that was bundled beside this one. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runMochaInside } from '../host/mochaRun.ts';

export async function run(): Promise<void> {
  const names = readdirSync(__dirname, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.test.cjs')).sort();
  await runMochaInside(files.map((name) => join(__dirname, name)));
}
