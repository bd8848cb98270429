/** The program that `runTests` of test-electron takes for VS Code: runs a test module in the extension host of the VS Code server. */
import { copyFile, mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format } from 'node:util';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { freshFolder } from './folders.ts';
import { linkExtensions } from './installedExtension.ts';
import { pageAddress } from './payload.ts';
import { startCodeServer, type CodeServer } from './startServer.ts';

const verbose = process.env['KHIPU_TEST_LOG'] === '1';

interface Arguments {
  readonly extensionPath: string;
  readonly otherExtensions: readonly string[];
  readonly testsPath: string;
  readonly workspace: string;
  readonly userDataDir: string;
  readonly extensionsDir: string | undefined;
}

/** Understands the arguments that VS Code itself would get; all others do not matter here. */
async function readArguments(args: readonly string[]): Promise<Arguments> {
  const all = (name: string): string[] =>
    args.filter((arg) => arg.startsWith(`--${name}=`)).map((arg) => arg.slice(name.length + 3));
  const option = (name: string): string | undefined => all(name)[0];
  const [extensionPath, ...otherExtensions] = all('extensionDevelopmentPath');
  const testsPath = option('extensionTestsPath');
  if (extensionPath === undefined || testsPath === undefined)
    throw new Error('Both --extensionDevelopmentPath= and --extensionTestsPath= are needed.');
  const workspace = args.find((arg) => !arg.startsWith('-'));
  return {
    extensionPath: resolve(extensionPath),
    otherExtensions: otherExtensions.map((path) => resolve(path)),
    testsPath: resolve(testsPath),
    workspace: workspace === undefined ? await freshFolder('empty-workspace') : resolve(workspace),
    userDataDir: option('user-data-dir') ?? (await freshFolder('user-data')),
    extensionsDir: option('extensions-dir'),
  };
}

/** The desktop build reads settings from `User/`, the server from `server/data/User/`: what the caller wrote counts in both. */
async function carrySettingsOver(userDataDir: string, serverDataDir: string): Promise<void> {
  await mkdir(join(serverDataDir, 'data/User'), { recursive: true });
  const written = join(userDataDir, 'User/settings.json');
  if (existsSync(written)) await copyFile(written, join(serverDataDir, 'data/User/settings.json'));
}

/** Opens the page and resolves with the code that the extension host's `run()` came to. */
async function runInPage(browser: Browser, server: CodeServer, options: Arguments): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  return new Promise<number>((done, fail) => {
    const open = async (): Promise<void> => {
      await page.exposeFunction('codeAutomationLog', printLog);
      await page.exposeFunction('codeAutomationExit', (code: number) => done(code));
      await page.goto(pageAddress(server.port, options), { waitUntil: 'commit' });
    };
    page.on('crash', () => fail(new Error('The page crashed.')));
    void server.exited.then((how) => fail(new Error(`The VS Code server ended: ${how}`)));
    open().catch(fail);
  });
}

/** What the workbench itself notes on every start, offline; `KHIPU_TEST_LOG=1` shows it. */
const noise = [
  /^Resolv(ing|ed) connection token/,
  /^Creating a socket/,
  /^\[(reconnection-grace-time|AgentHost:remote|AccountPolicyGate|DefaultAccount|Service Worker)\]/,
  /^Ignoring fetching additional builtin extensions/,
  /^Timed out waiting for authentication provider 'github'/,
  /^Canceled: Canceled: Canceled/,
  /^\[CHAT\] extension request ERRORED/, // planted by tests of VS Code's models
];

/** What the page logs: the workbench's own notes, and what the extension host writes to its console. */
function printLog(type: string, args: readonly unknown[]): void {
  const [first] = args;
  if (typeof first === 'string' && !verbose && noise.some((pattern) => pattern.test(first))) return;
  const stream = type === 'error' || type === 'warn' ? process.stderr : process.stdout;
  stream.write(`${format(...args)}\n`);
}

async function main(signal: AbortSignal): Promise<number> {
  const options = await readArguments(process.argv.slice(2));
  const serverDataDir = join(options.userDataDir, 'server');
  await carrySettingsOver(options.userDataDir, serverDataDir);
  const log = (line: string): void => {
    if (verbose) process.stderr.write(`server: ${line}\n`);
  };
  const { otherExtensions, extensionsDir = join(options.userDataDir, 'extensions') } = options;
  // The address of a page takes one folder of an extension that is being developed: the others are installed.
  if (otherExtensions.length > 0) await linkExtensions(otherExtensions, extensionsDir);
  const server = await startCodeServer({ serverDataDir, extensionsDir, testDriver: true, log }, signal);
  try {
    const browser = await launchChromium(log, signal);
    signal.addEventListener('abort', () => void browser.close());
    return await runInPage(browser, server, options).finally(() => browser.close());
  } finally {
    await server.dispose();
  }
}

const stopped = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => stopped.abort(new Error(`stopped by ${name}`)));
main(stopped.signal).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
