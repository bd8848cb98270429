/** Copies of the demo workspace, so that neither tests nor a newcomer change the checkout. */
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { editorCache, freshFolder, repository } from './folders.ts';

const original = join(repository, 'test/fixtures/demo-workspace');

/**
 * A fresh copy for one test. `settings.json` comes along, and with it the sample database that opens on startup.
 * @param name of the folder, which the window shows
 */
export async function freshDemoWorkspace(name = 'demo'): Promise<string> {
  const folder = join(await freshFolder('demo-workspace'), name);
  await cp(original, folder, { recursive: true });
  return folder;
}

/** The newcomer's copy, made once and kept with their changes. */
export async function lastingDemoWorkspace(): Promise<string> {
  const folder = join(editorCache, 'demo-workspace');
  if (!existsSync(folder)) await cp(original, folder, { recursive: true });
  return folder;
}
