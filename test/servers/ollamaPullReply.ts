/** How Ollama tells of a pull, line by line, and how a pull goes wrong: with status 200 and an error in the last line. */
import { setTimeout as sleep } from 'node:timers/promises';
import { hangUp, type Exchange } from './httpServer.ts';

export interface PullScript {
  /** Bytes of the layers; one of 4,000 and one of 1,000 when left out. */
  readonly layers?: readonly number[];
  /** Lines of progress for each layer, 4 when left out. */
  readonly steps?: number;
  /** Milliseconds between two lines. */
  readonly delayMs?: number;
  /** Called before each line; the line is held back until it resolves. */
  readonly gate?: (line: number) => Promise<unknown>;
  /**
   * `unknown`: the registry has no such model; `full`: the disk is; `cut`: the connection ends in mid-layer; `garbage`: a line
   * that is no JSON; `early`: it ends politely before `success`; `offline`: the server cannot reach its registry.
   */
  readonly fault?: 'unknown' | 'full' | 'cut' | 'garbage' | 'early' | 'offline';
}

const digestOf = (layer: number): string => `sha256:${String(layer).repeat(64)}`;

/** The lines of a pull that goes well. */
function* progress({ layers = [4000, 1000], steps = 4 }: PullScript): Generator<object> {
  yield { status: 'pulling manifest' };
  for (const [index, total] of layers.entries()) {
    const digest = digestOf(index + 1);
    const status = `pulling ${digest.slice(7, 19)}`;
    yield { status, digest, total };
    for (let step = 1; step <= steps; step++)
      yield { status, digest, total, completed: Math.round((total * step) / steps) };
  }
  yield { status: 'verifying sha256 digest' };
  yield { status: 'writing manifest' };
  yield { status: 'success' };
}

const errors = {
  unknown: 'pull model manifest: file does not exist',
  full: 'write /root/.ollama/models/blobs/sha256-1111-partial: no space left on device',
  offline:
    'pull model manifest: Get "https://registry.ollama.ai/v2/library/x/manifests/latest": dial tcp: lookup registry.ollama.ai: no such host',
} as const;

/** The line, counted from 0, at which a fault shows; of one that the registry finds it is the second. */
function faultAt(fault: PullScript['fault']): number {
  return fault === 'unknown' || fault === 'offline' ? 1 : fault === undefined ? Number.POSITIVE_INFINITY : 4;
}

/** @returns whether the model is there now */
export async function playPull({ response }: Exchange, script: PullScript): Promise<boolean> {
  const { fault, delayMs, gate } = script;
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.flushHeaders();
  for (const [index, line] of [...progress(script)].entries()) {
    if (delayMs !== undefined && index > 0) await sleep(delayMs);
    await gate?.(index);
    if (response.destroyed) return false;
    if (index < faultAt(fault)) {
      response.write(`${JSON.stringify(line)}\n`);
      continue;
    }
    if (fault === 'cut') response.write('{"status":"pull', () => hangUp(response));
    else if (fault === 'garbage') response.end('<html>502</html>\n');
    else if (fault === 'early' || fault === undefined) response.end();
    else response.end(`${JSON.stringify({ error: errors[fault] })}\n`);
    return false;
  }
  response.end();
  return true;
}
