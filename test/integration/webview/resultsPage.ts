/** The results view in a real Chromium, bridged to the real host side in this process. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { mkdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { ResultsHost, type ResultsAction } from '../../../src/editor/resultsHost.ts';
import { webviewHtml, webviewPolicy } from '../../../src/editor/webviewHtml.ts';
import { themes, type ThemeName } from './themes.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const outDirectory = path.join(root, '.cache', 'webview-test');
const nonce = 'dGVzdC1ub25jZS1vZi0xMjgtYml0cw';

export interface WebviewFiles {
  readonly script: Buffer;
  /** What is loaded with the first chart. */
  readonly charts: Buffer;
  readonly style: Buffer;
}

/** Bundles the page as the product does. @returns the minified script and style sheet */
export async function bundleWebview(): Promise<WebviewFiles> {
  await build({
    entryPoints: {
      main: path.join(root, 'webview-ui', 'main.ts'),
      charts: path.join(root, 'webview-ui', 'charts', 'main.ts'),
    },
    outdir: outDirectory,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'chrome128',
    logLevel: 'warning',
  });
  const read = (name: string): Promise<Buffer> => readFile(path.join(outDirectory, name));
  return { script: await read('main.js'), charts: await read('charts.js'), style: await read('main.css') };
}

export interface Workbench {
  /** A fresh page with a host of its own. */
  open(theme?: ThemeName): Promise<ResultsPage>;
  close(): Promise<void>;
}

export interface ResultsPage {
  readonly page: Page;
  readonly host: ResultsHost;
  readonly actions: { id: ResultsAction; value: string | undefined }[];
  /** Everything that must stay empty: policy violations, dialogs, page errors, console errors, faults of the host. */
  readonly faults: string[];
  /** Resolves with the next action that arrives. */
  nextAction(): Promise<{ id: ResultsAction; value: string | undefined }>;
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

function serve(files: WebviewFiles): Promise<Server> {
  const server = createServer((request, response) => {
    const origin = `http://${request.headers.host ?? ''}`;
    const send = (type: string, body: Buffer | string): void => {
      response.writeHead(200, {
        'content-type': type,
        'content-security-policy': webviewPolicy(origin, nonce),
      });
      response.end(body);
    };
    if (request.url === '/main.js') send('text/javascript; charset=utf-8', files.script);
    else if (request.url === '/charts.js') send('text/javascript; charset=utf-8', files.charts);
    else if (request.url === '/main.css') send('text/css; charset=utf-8', files.style);
    else if (request.url === '/') {
      const page = {
        cspSource: origin,
        scriptUri: `${origin}/main.js`,
        styleUri: `${origin}/main.css`,
        nonce,
      };
      send('text/html; charset=utf-8', webviewHtml({ ...page, title: 'Khipu' }));
    } else {
      response.writeHead(204); // the favicon
      response.end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** What VS Code does to a webview before its script runs; it goes into the page as text, so it must stand alone. */
function actAsVsCode({ tokens, bodyClass }: { tokens: Record<string, string>; bodyClass: string }): void {
  const page = globalThis as unknown as {
    document: {
      documentElement: { style: { setProperty(name: string, value: string): void } };
      body: { classList: { add(name: string): void } };
      addEventListener(
        name: string,
        hear: (event: { violatedDirective: string; blockedURI: string }) => void,
      ): void;
    };
    khipuToHost(message: unknown): void;
    khipuFault(fault: string): void;
    acquireVsCodeApi(): unknown;
  };
  page.document.addEventListener('securitypolicyviolation', (event) =>
    page.khipuFault(`policy: ${event.violatedDirective} ${event.blockedURI}`),
  );
  page.acquireVsCodeApi = () => {
    // Only now is there a document that can be given a theme.
    for (const [name, value] of Object.entries(tokens)) {
      page.document.documentElement.style.setProperty(`--vscode-${name}`, value);
    }
    page.document.body.classList.add(bodyClass);
    return { postMessage: (message: unknown) => page.khipuToHost(message) };
  };
}

async function openPage(browser: Browser, url: string, theme: ThemeName): Promise<ResultsPage> {
  const context = await browser.newContext({ viewport: { width: 1100, height: 720 }, locale: 'en-US' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url });
  const page = await context.newPage();
  const faults: string[] = [];
  const actions: ResultsPage['actions'] = [];
  const waiting: ((action: ResultsPage['actions'][number]) => void)[] = [];
  const host = new ResultsHost(
    (message) => faults.push(`host: ${message}`),
    (id, value) => {
      const action = { id, value };
      actions.push(action);
      waiting.shift()?.(action);
    },
  );
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  const listeners = new Set<(message: unknown) => void>();
  await page.exposeFunction('khipuFault', (fault: string) => faults.push(fault));
  await page.exposeFunction('khipuToHost', (message: unknown) => {
    for (const listener of listeners) listener(message);
  });
  await page.addInitScript(actAsVsCode, themes[theme]);
  host.attach({
    post: (message) =>
      page.evaluate(
        (data) => (globalThis as unknown as { postMessage(data: unknown): void }).postMessage(data),
        message,
      ),
    onMessage: (listener) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  });
  await page.goto(url);
  await page.waitForSelector('.view');
  return {
    page,
    host,
    actions,
    faults,
    nextAction: () => new Promise((resolve) => waiting.push(resolve)),
    screenshot: async (name) => {
      const directory = path.join(root, '.cache', 'screenshots');
      await mkdir(directory, { recursive: true });
      await page.screenshot({ path: path.join(directory, `webview-${name}-${theme}.png`) });
    },
    close: async () => {
      host.dispose();
      await context.close();
    },
  };
}

/** Starts Chromium and a server for the page. */
export async function startWorkbench(): Promise<Workbench> {
  const server = await serve(await bundleWebview());
  const browser = await chromium.launch({
    executablePath: process.env.KHIPU_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    open: (theme = 'light') => openPage(browser, url, theme),
    close: async () => {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Fails with what went wrong in the page or the host. */
export function assertNoFaults(view: ResultsPage): void {
  assert.deepEqual(view.faults, []);
}
