/** Reads a glossary in a thread, with an end: a file may be made to keep its reader busy. */
import { Worker } from 'node:worker_threads';
import { cancelled } from '../shared/errors.ts';
import type { GlossaryFile } from './glossaryFile.ts';

/** Reads the text of a file. @throws KhipuError `cancelled` */
export type ReadGlossary = (text: string, signal: AbortSignal) => Promise<GlossaryFile>;

/** Longer texts are not read, in characters. */
export const longestGlossary = 256 * 1024;

/** 256 KB take 0.2 s. */
const longestMs = 5000;
/** They take 60 MB. */
const memoryMb = 256;

/**
 * Makes the reader.
 * @param worker absolute path of `glossaryWorker.ts`, or its bundle
 */
export function createGlossaryReader(worker: string, limitMs = longestMs): ReadGlossary {
  return async (text, signal) => {
    if (text.length > longestGlossary)
      return unread(`The file is too large: Khipu reads ${longestGlossary / 1024} KB of it at most.`);
    if (text.trim() === '')
      return { content: { version: 1 }, faults: [], hidesUnknown: false, references: [] };
    const thread = new Worker(worker, { resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
    const limit = AbortSignal.timeout(limitMs);
    const either = AbortSignal.any([signal, limit]);
    try {
      return await replyOf(thread, text, either);
    } catch (thrown) {
      if (signal.aborted) throw cancelled(signal.reason);
      const why = limit.aborted ? `takes longer than ${limitMs / 1000} s to read` : 'cannot be read';
      return unread(
        `The file ${why}${thrown instanceof Error && !limit.aborted ? `: ${thrown.message}` : ''}.`,
      );
    } finally {
      await thread.terminate();
    }
  };
}

function replyOf(thread: Worker, text: string, signal: AbortSignal): Promise<GlossaryFile> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error('stopped'));
    thread.once('message', (file: GlossaryFile) => resolve(file));
    thread.once('error', reject);
    thread.once('exit', stop);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    thread.postMessage(text);
  });
}

/** Nobody knows what it would have said, and hidden. */
export function unread(message: string): GlossaryFile {
  const faults = [{ message, start: 0, end: 1, line: 1 }];
  return { content: { version: 1 }, faults, hidesUnknown: true, references: [] };
}
