/** A reader of documents that some of them kill, or keep busy for ever. */
import { basename } from 'node:path';
import { readPassages } from '../../../src/rag/documentReading.ts';
import { usualLimits, walkDocuments } from '../../../src/rag/documentWalk.ts';
import { serveParent } from '../../../src/shared/childProcess.ts';
import { findDocuments, readDocument } from '../../../src/shared/documentProtocol.ts';

const peer = serveParent(() => undefined);
peer.onCall(findDocuments, ({ folders }, signal) => walkDocuments(folders, usualLimits, signal));
peer.onCall(readDocument, async ({ file }) => {
  if (basename(file.path).includes('kills')) process.kill(process.pid, 'SIGKILL');
  if (basename(file.path).includes('hangs')) for (;;);
  return { passages: await readPassages(file), more: false };
});
