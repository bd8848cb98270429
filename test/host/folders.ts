/** Where the test host keeps what it installs and writes: all of it git-ignored, and shared by every run of this checkout. */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { tmpdir } from 'node:os';

/** The checkout. */
export const repository = resolve(import.meta.dirname, '../..');

/** Editors and their state, as test-electron keeps them. */
export const editorCache = join(repository, '.vscode-test');

/** What runs leave behind for people: screenshots, counts of tests. */
export const artefacts = join(repository, '.cache');

/** A new empty folder for one run, outside the checkout. @param purpose a word for its name */
export async function freshFolder(purpose: string): Promise<string> {
  const parent = join(tmpdir(), 'khipu-test');
  await mkdir(parent, { recursive: true });
  return mkdtemp(join(parent, `${purpose}-`));
}
