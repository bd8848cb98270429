/** A whole VS Code workbench in Chromium with the extension loaded, to be clicked through by a test. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { freshFolder } from './folders.ts';
import { linkExtensions } from './installedExtension.ts';
import { pageAddress } from './payload.ts';
import type { Log } from './run.ts';
import { quietSettings, themeSettings, type Settings, type Theme } from './settings.ts';
import { startCodeServer, type CodeServer } from './startServer.ts';

export interface WorkbenchOptions {
  /** Absolute path of the extension's folder; leave it out when the extension is installed in `extensionsDir`. */
  readonly extensionPath?: string | undefined;
  /** Absolute paths of further extensions' folders. */
  readonly otherExtensions?: readonly string[];
  /** Absolute path of the folder to open. */
  readonly workspace: string;
  readonly theme?: Theme;
  /** User settings, over the quiet ones of `settings.ts`. */
  readonly settings?: Settings;
  /** Added to the environment of the extension host. */
  readonly env?: NodeJS.ProcessEnv;
  /** A fresh folder by default. Hand in one of your own to keep state over two workbenches. */
  readonly serverDataDir?: string;
  readonly extensionsDir?: string;
  /** The workspace is not trusted until the user says so. */
  readonly workspaceTrust?: boolean;
  /** In CSS pixels. */
  readonly size?: { readonly width: number; readonly height: number };
  readonly log?: Log;
}

export interface Workbench {
  readonly page: Page;
  readonly server: CodeServer;
  readonly serverDataDir: string;
  /** Loads the page anew: a new extension host with the same state, as after *Developer: Reload Window*. */
  reload(): Promise<void>;
  /** Closes the page, as a user closes the window: the extension host deactivates its extensions. */
  closeWindow(): Promise<void>;
  dispose(): Promise<void>;
}

/** Starts the server and Chromium, and resolves when the window stands. The signal ends it also later on. */
export async function openWorkbench(options: WorkbenchOptions, signal: AbortSignal): Promise<Workbench> {
  const { workspace, extensionPath, env, workspaceTrust, log = () => undefined } = options;
  const serverDataDir = options.serverDataDir ?? (await freshFolder('workbench'));
  const extensionsDir = options.extensionsDir ?? join(serverDataDir, 'extensions');
  const { otherExtensions = [] } = options;
  if (extensionPath !== undefined) await linkExtensions([extensionPath, ...otherExtensions], extensionsDir);
  await writeUserSettings(serverDataDir, {
    ...quietSettings,
    ...themeSettings(options.theme ?? 'dark'),
    ...options.settings,
  });
  const server = await startCodeServer({ serverDataDir, extensionsDir, env, workspaceTrust, log }, signal);
  const stack = new AsyncDisposableStack();
  stack.defer(() => server.dispose());
  try {
    const browser = await launchChromium(log, signal);
    stack.defer(() => browser.close());
    const close = (): void => void browser.close(); // which ends every wait for the page
    signal.addEventListener('abort', close);
    stack.defer(() => signal.removeEventListener('abort', close));
    signal.throwIfAborted();
    const page = await newPage(browser, options);
    const address = pageAddress(server.port, { workspace });
    const open = async (): Promise<void> => {
      await page.goto(address, { waitUntil: 'commit' });
      await untilDrawn(page);
    };
    await open();
    const closeWindow = async (): Promise<void> => {
      await page.goto('about:blank'); // unloading is what tells the extension host to deactivate
      await page.close();
    };
    return { page, server, serverDataDir, reload: open, closeWindow, dispose: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    signal.throwIfAborted();
    throw error;
  }
}

/** The server keeps the user's settings, where VS Code for the web would keep them in the browser. */
export async function writeUserSettings(serverDataDir: string, settings: Settings): Promise<void> {
  const folder = join(serverDataDir, 'data/User');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings, undefined, 2));
}

async function newPage(browser: Browser, { size, theme, log }: WorkbenchOptions): Promise<Page> {
  const page = await browser.newPage({
    viewport: size ?? { width: 1280, height: 800 },
    colorScheme: theme ?? 'dark',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  page.setDefaultTimeout(30_000);
  page.on('console', (message) => log?.(`page: ${message.text()}`));
  return page;
}

/** The frame of the window stands. What comes later (extensions, their views) is waited for by whoever needs it. */
async function untilDrawn(page: Page): Promise<void> {
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
  await page.locator('.monaco-workbench .part.sidebar').waitFor({ timeout: 60_000 });
}
