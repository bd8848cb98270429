/** Finds the documents of a folder, and stops where there are too many. */
import type { Dirent } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import { extname, isAbsolute, join, relative, sep } from 'node:path';
import { throwIfAborted } from '../shared/errors.ts';
import type { DocumentFile, DocumentFolder } from '../shared/documentProtocol.ts';

/** What is read, by the ending of the name in lower case. */
export const documentEndings = ['.md', '.markdown', '.txt', '.pdf', '.sql'] as const;

/** How much is looked at: documents that are found, and entries of folders that are passed on the way. */
export interface WalkLimits {
  readonly documents: number;
  readonly entries: number;
}

export const usualLimits: WalkLimits = { documents: 2000, entries: 50_000 };

export interface FoundDocuments {
  /** By name. */
  readonly files: DocumentFile[];
  /** What was left out, in words for a person. */
  readonly notices: string[];
}

const skipped: ReadonlySet<string> = new Set(['node_modules']);

/** Another one is looked at only as far as nothing leads out of the named folder: links inside of it are not followed. */
export async function walkDocuments(
  folders: readonly DocumentFolder[],
  limits: WalkLimits,
  signal: AbortSignal,
): Promise<FoundDocuments> {
  const files = new Map<string, DocumentFile>();
  const notices: string[] = [];
  const left = { ...limits };
  for (const folder of folders) {
    throwIfAborted(signal);
    const root = await rootOf(folder, notices);
    if (root === undefined) continue;
    const complete = await walk(root, folder, files, left, notices, signal);
    if (complete) continue;
    const what =
      left.documents <= 0
        ? `more than ${limits.documents} documents`
        : `more than ${limits.entries} files and folders`;
    notices.push(`There are ${what} in ${nameIn(folder, folder.path)}: the rest is not read.`);
    break;
  }
  return { files: [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), notices };
}

/** The folder itself may be a link. */
async function rootOf(folder: DocumentFolder, notices: string[]): Promise<string | undefined> {
  try {
    const root = await realpath(folder.path);
    if (folder.within !== undefined && leadsOut(await realpath(folder.within), root)) {
      notices.push(
        `The folder ${nameIn(folder, folder.path)} lies outside of the workspace and is not read.`,
      );
      return undefined;
    }
    if ((await stat(root)).isDirectory()) return root;
    notices.push(`${nameIn(folder, folder.path)} is not a folder.`);
  } catch (thrown) {
    const missing = codeOf(thrown) === 'ENOENT';
    if (missing && folder.optional) return undefined;
    const what = missing ? 'does not exist' : `cannot be read (${codeOf(thrown)})`;
    notices.push(`The folder ${nameIn(folder, folder.path)} ${what}.`);
  }
  return undefined;
}

/** @returns whether everything was looked at */
async function walk(
  root: string,
  folder: DocumentFolder,
  files: Map<string, DocumentFile>,
  left: { documents: number; entries: number },
  notices: string[],
  signal: AbortSignal,
): Promise<boolean> {
  const waiting = [root];
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    throwIfAborted(signal);
    try {
      // Entry by entry: a folder with a million files would fill the memory.
      for await (const entry of await opendir(at)) {
        if (left.entries-- <= 0) return false;
        const path = join(at, entry.name);
        if (entry.isDirectory() && isEntered(entry)) waiting.push(path);
        if (!entry.isFile() || !isDocument(entry.name) || files.has(path)) continue;
        if (left.documents-- <= 0) return false;
        const { size, mtimeMs } = await stat(path);
        const shown = join(folder.path, relative(root, path));
        files.set(path, { path, name: nameIn(folder, shown), size, mtimeMs });
      }
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT') continue; // gone while it was looked at
      notices.push(`The folder ${nameIn(folder, at)} cannot be read (${codeOf(thrown)}).`);
    }
  }
  return true;
}

function isEntered({ name }: Dirent): boolean {
  return !name.startsWith('.') && !skipped.has(name);
}

export function isDocument(name: string): boolean {
  const ending = extname(name).toLowerCase();
  return documentEndings.some((known) => known === ending);
}

/** Relative to the folder's base; absolute where it lies elsewhere. */
function nameIn({ base }: DocumentFolder, path: string): string {
  const name = relative(base, path);
  if (name === '') return '.';
  return leadsOut(base, path) ? path : name.split(sep).join('/');
}

function leadsOut(base: string, path: string): boolean {
  const name = relative(base, path);
  return name === '..' || name.startsWith(`..${sep}`) || isAbsolute(name);
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
}
