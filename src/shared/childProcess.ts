/** Forks a child process of Khipu's own and talks the one RPC with it; the child ends when its parent does. */
import { fork, type ChildProcess } from 'node:child_process';
import { IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { KhipuError } from './errors.ts';
import { createPeer, type Peer } from './rpc.ts';

export interface ChildOptions {
  /** What to call it in the log. */
  readonly name: string;
  /** Absolute path of the module that the child runs. */
  readonly entry: string;
  /** Told of every line that the child prints, and of faults of the connection. */
  readonly log: (line: string) => void;
}

export interface Child {
  readonly pid: number | undefined;
  readonly peer: Peer;
  /** Resolves with a few words on how it ended: an exit code or a signal. */
  readonly exited: Promise<string>;
  /** Asks it to end, and kills it after two seconds; resolves when it is gone. */
  dispose(): Promise<void>;
}

const graceMs = 2000;

/**
 * Starts a child. What it is told goes over the RPC, never into its arguments.
 * @throws never at once: a child that cannot start shows as `exited`, and its calls fail with `process-died`.
 */
export function forkChild({ name, entry, log }: ChildOptions): Child {
  const child = fork(entry, [], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
    // In the desktop build process.execPath is Electron, which runs as Node only when told to.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
  child.stdout?.on('data', (chunk: Buffer) => log(`${name}: ${chunk.toString().trimEnd()}`));
  child.stderr?.on('data', (chunk: Buffer) => log(`${name}: ${chunk.toString().trimEnd()}`));
  const peer = createPeer(new IPCMessageReader(child), new IPCMessageWriter(child), (error) =>
    log(`${name}: ${error.message}`),
  );
  const exited = waitForExit(child).then((how) => {
    peer.dispose();
    return how;
  });
  return {
    pid: child.pid,
    peer,
    exited,
    async dispose() {
      if (child.connected) child.disconnect(); // the child takes this as its end, see serveParent
      const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(kill);
    },
  };
}

function waitForExit(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code ?? 'unknown'}`));
    child.once('error', (error) => resolve(error.message));
  });
}

/**
 * The child's side: a peer to its parent. When the parent goes away, however it does, `onEnd` runs and the process ends.
 * @throws KhipuError `internal` when this process was not forked by Khipu
 */
export function serveParent(onEnd: () => Promise<void> | void): Peer {
  if (process.send === undefined)
    throw new KhipuError('internal', 'This program is started by Khipu, not by hand.');
  const report = (error: unknown): void => void process.stderr.write(`${String(error)}\n`);
  process.once('disconnect', () => {
    void Promise.resolve()
      .then(onEnd)
      .catch(report)
      .finally(() => process.exit(0));
  });
  return createPeer(new IPCMessageReader(process), new IPCMessageWriter(process), report);
}
