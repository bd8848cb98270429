/** Makes the checkout an installed extension of a server: a link in its folder of extensions, and an entry in its list. */
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const manifest = z.object({ publisher: z.string(), name: z.string(), version: z.string() });

/**
 * Makes folders with extensions the only installed ones.
 *
 * VS Code honours `extensionDevelopmentPath` in the browser only with its smoke-test driver, which hides notifications and
 * some dialogs. An installed extension needs no driver, and the user's address stays short.
 * @param extensionsDir must be a folder of this run: its list is written anew
 */
export async function linkExtensions(paths: readonly string[], extensionsDir: string): Promise<void> {
  await mkdir(extensionsDir, { recursive: true });
  const entries = await Promise.all(paths.map((path) => linkOne(path, extensionsDir)));
  await writeFile(join(extensionsDir, 'extensions.json'), JSON.stringify(entries));
}

/** @returns the extension's entry in the list */
async function linkOne(extensionPath: string, extensionsDir: string): Promise<object> {
  const { publisher, name, version } = manifest.parse(
    JSON.parse(await readFile(join(extensionPath, 'package.json'), 'utf8')),
  );
  const id = `${publisher}.${name}`.toLowerCase();
  const relativeLocation = `${id}-${version}`;
  const link = join(extensionsDir, relativeLocation);
  await rm(link, { force: true }); // one that an earlier run left may lead to where the checkout no longer is
  await symlink(extensionPath, link, 'junction');
  return {
    identifier: { id },
    version,
    location: { $mid: 1, path: link, scheme: 'file' },
    relativeLocation,
    metadata: { source: 'vsix', installedTimestamp: Date.now(), targetPlatform: 'undefined' },
  };
}
