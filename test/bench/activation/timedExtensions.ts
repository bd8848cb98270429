/** The two extensions that are timed: both behind the same few lines that look at the clock. */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../../host/folders.ts';
import { timesKey } from './times.ts';

/** Stands before the real main file: nothing but the clock comes between VS Code and it. */
const clock = (name: string, main: string): string => `
const started = performance.now();
const real = require(${JSON.stringify(main)});
const loadMs = performance.now() - started;
exports.activate = (context) => {
  const called = performance.now();
  const exported = real.activate(context);
  // Neither gives a promise; of one that does, this would be only a part.
  if (exported !== undefined) throw new Error('${name}: activate() gave something back');
  const activateMs = performance.now() - called;
  globalThis.${timesKey} = { ...globalThis.${timesKey}, ${name}: { loadMs, activateMs } };
};
exports.deactivate = () => real.deactivate?.();
`;

/** Khipu as it was built, with the clock before it. @returns its folder */
export async function writeTimedKhipu(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const part of ['dist', 'media']) await symlink(join(repository, part), join(folder, part), 'junction');
  const manifest = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as { main: string };
  await writeExtension(
    folder,
    { ...manifest, type: 'commonjs', main: './clock.js' },
    clock('khipu', manifest.main),
  );
  return folder;
}

/** An extension of one command, activated by the same event. @returns its folder */
export async function writeEmptyExtension(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'main.js'),
    `const vscode = require('vscode');
exports.activate = (context) => {
  context.subscriptions.push(vscode.commands.registerCommand('empty.nothing', () => undefined));
};
`,
  );
  const manifest = {
    name: 'empty',
    publisher: 'khipu',
    version: '1.0.0',
    engines: { vscode: '^1.101.0' },
    main: './clock.js',
    activationEvents: ['onStartupFinished'],
    contributes: { commands: [{ command: 'empty.nothing', title: 'Nothing' }] },
  };
  await writeExtension(folder, manifest, clock('empty', './main.js'));
  return folder;
}

async function writeExtension(folder: string, manifest: object, main: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, undefined, 2));
  await writeFile(join(folder, 'clock.js'), main);
}
