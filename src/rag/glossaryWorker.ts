/** A thread that reads one glossary and ends. */
import { parentPort } from 'node:worker_threads';
import { readGlossary } from './glossaryFile.ts';

parentPort?.once('message', (text: string) => {
  parentPort?.postMessage(readGlossary(text));
});
