/** Runs the user's password command: no shell, a time limit, and nothing that it prints is ever repeated. */
import { execFile, type ExecFileException } from 'node:child_process';
import { cancelled, KhipuError, throwIfAborted } from '../shared/errors.ts';

const timeLimitMs = 30_000;
const mostBytes = 64 * 1024;

/**
 * The first line that the command prints.
 * @param command the program and its arguments
 * @throws KhipuError `password-command-failed`, whose message has nothing of the command's output, or `cancelled`
 */
export async function runPasswordCommand(
  command: readonly string[],
  signal: AbortSignal,
  limitMs = timeLimitMs,
): Promise<string> {
  throwIfAborted(signal);
  const [program, ...args] = command;
  if (program === undefined) throw new KhipuError('invalid-settings', 'The password command is empty.');
  const options = {
    signal,
    timeout: limitMs,
    maxBuffer: mostBytes,
    killSignal: 'SIGKILL',
    windowsHide: true,
  } as const;
  const printed = await new Promise<string>((resolve, reject) => {
    const child = execFile(program, args, options, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(signal.aborted ? cancelled() : failure(program, error, limitMs));
    });
    child.stdin?.end(); // one that would ask on its terminal ends instead of waiting
  });
  const [line = ''] = printed.split(/\r?\n/);
  if (line === '') throw failed(program, 'printed nothing');
  return line;
}

/** Node's own message repeats the arguments, and its `stdout` may be a secret: neither is passed on, nor kept as a cause. */
function failure(program: string, error: ExecFileException, limitMs: number): KhipuError {
  if (error.code === 'ENOENT') return failed(program, 'was not found');
  if (error.code === 'EACCES') return failed(program, 'may not be run');
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return failed(program, 'printed too much for a password');
  if (error.killed === true) return failed(program, `did not end within ${limitMs / 1000} s`);
  return failed(
    program,
    typeof error.code === 'number' ? `ended with exit code ${error.code}` : 'could not be run',
  );
}

function failed(program: string, what: string): KhipuError {
  return new KhipuError('password-command-failed', `The password command ${program} ${what}.`, {
    subject: program,
  });
}
