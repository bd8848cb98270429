/** `npm run package`: makes the VSIX of this platform out of what was built, and checks what is in it. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { repository } from '../test/host/folders.ts';
import { vsixTarget } from '../test/host/platform.ts';
import { contentFaults } from './packageContents.ts';
import { zipEntries, type ZipEntry } from './zipEntries.ts';

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function printContents(entries: readonly ZipEntry[]): void {
  for (const { name, size, packed } of entries)
    console.log(`${String(size).padStart(11)} ${String(packed).padStart(11)}  ${name}`);
  const sum = (of: (entry: ZipEntry) => number): number =>
    entries.reduce((total, entry) => total + of(entry), 0);
  console.log(`${entries.length} files, ${megabytes(sum((entry) => entry.size))} unpacked`);
}

/** @returns whether all is well */
function printFaults(entries: readonly ZipEntry[]): boolean {
  const faults = contentFaults(entries.map(({ name }) => name));
  for (const [kind, names] of Object.entries(faults) as [string, readonly string[]][])
    for (const name of names) console.error(`${kind}: ${name}`);
  return Object.values(faults).every((names: readonly string[]) => names.length === 0);
}

const target = vsixTarget();
const packagePath = join(repository, 'dist', `khipu-${target}.vsix`);
await mkdir(join(repository, 'dist'), { recursive: true });
await rm(packagePath, { force: true }); // an earlier one must not end up inside
await createVSIX({ cwd: repository, packagePath, target, dependencies: false, allowMissingRepository: true });
const vsix = await readFile(packagePath);
const entries = zipEntries(vsix);
printContents(entries);
const fine = printFaults(entries);
console.log(
  `${relative(repository, packagePath)}: ${megabytes(vsix.length)}${fine ? '' : ', but its contents are wrong'}`,
);
process.exitCode = fine ? 0 : 1;
