/** Starts the VS Code server on a free port of this machine, and ends it with everything that it started. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCodeServer } from './codeServer.ts';
import { endTree, killTreeNow } from './processTree.ts';
import { logLines, nodeFirst, type Log } from './run.ts';

export interface ServerOptions {
  /** Where it keeps user settings (`data/User/settings.json`), logs and state. Made when missing. */
  readonly serverDataDir: string;
  /** Where installed extensions lie; `extensions` below `serverDataDir` by default. */
  readonly extensionsDir?: string | undefined;
  /** Added to our environment: the extension host, and what it starts, inherits it. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** The folder that it runs in: `serverDataDir` by default, never the checkout. */
  readonly cwd?: string | undefined;
  /**
   * For tests inside the extension host only: VS Code honours the page's payload, but hides notifications and dialogs.
   */
  readonly testDriver?: boolean;
  /** VS Code asks whether a workspace is to be trusted, when the settings want that, too. */
  readonly workspaceTrust?: boolean | undefined;
  /** Told of every line that it prints. */
  readonly log: Log;
}

export interface CodeServer {
  readonly port: number;
  /** Without a path: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Of the server process, which leads a process group of its own (not on Windows). */
  readonly pid: number;
  /** Resolves with its exit code, or a few words, when it ends by itself or by `dispose`. */
  readonly exited: Promise<number | string>;
  /** Ends it and all below it; resolves when they are gone. */
  dispose(): Promise<void>;
}

const listening = /Extension host agent listening on (\d+)/;

/** Installs the server if need be and starts it; resolves when it listens. @throws Error when it ends before that */
export async function startCodeServer(options: ServerOptions, signal: AbortSignal): Promise<CodeServer> {
  const main = await ensureCodeServer(options.log, signal);
  const { serverDataDir, extensionsDir = join(serverDataDir, 'extensions') } = options;
  await mkdir(serverDataDir, { recursive: true });
  const driver = options.testDriver === true ? ['--enable-smoke-test-driver'] : [];
  const trust = options.workspaceTrust === true ? [] : ['--disable-workspace-trust'];
  const args = [main, ...serverArguments(serverDataDir, extensionsDir), ...driver, ...trust];
  const child = spawn(process.execPath, args, {
    cwd: options.cwd ?? serverDataDir,
    env: serverEnvironment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  return whenListening(child, options.log, signal);
}

function serverArguments(serverDataDir: string, extensionsDir: string): string[] {
  return [
    ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--accept-server-license-terms'],
    ...['--server-data-dir', serverDataDir, '--extensions-dir', extensionsDir, '--telemetry-level', 'off'],
    '--disable-update-check',
    // A page that goes away for good takes its extension host with it, and need not be waited for.
    ...['--disable-getting-started-override', '--reconnection-grace-time', '5'],
  ];
}

/** Without what a VS Code terminal or an npm script around us would tell the server about itself. */
function serverEnvironment(added: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(nodeFirst()).filter(([name]) => !/^(VSCODE_|npm_|ELECTRON_)/.test(name));
  // An empty gallery: no look at the marketplace of extensions, so that nothing leaves this machine.
  return { ...Object.fromEntries(inherited), EXTENSIONS_GALLERY: '{}', ...added };
}

async function whenListening(child: ChildProcess, log: Log, signal: AbortSignal): Promise<CodeServer> {
  const { pid } = child;
  const atExit = (): void => (pid === undefined ? undefined : killTreeNow(pid));
  process.once('exit', atExit);
  const exited = new Promise<number | string>((resolve) => {
    child.once('exit', (code, how) => resolve(code ?? how ?? 'ended'));
    child.once('error', (error) => resolve(error.message));
  });
  const dispose = async (): Promise<void> => {
    await endTree(child);
    await exited;
    process.removeListener('exit', atExit);
  };
  try {
    const port = await new Promise<number>((resolve, reject) => {
      logLines(child, (line) => {
        log(line);
        const found = listening.exec(line)?.[1];
        if (found !== undefined) resolve(Number(found));
      });
      void exited.then((how) => reject(new Error(`The VS Code server ended before it listened: ${how}`)));
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      if (signal.aborted) reject(signal.reason as Error);
    });
    return { port, url: `http://127.0.0.1:${port}`, pid: pid ?? 0, exited, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
