/** The process that reads documents: a PDF that crashes or never ends harms nothing else. */
import { findDocuments, readDocument, type PassagePiece } from '../shared/documentProtocol.ts';
import { serveParent } from '../shared/childProcess.ts';
import { readPassages } from './documentReading.ts';
import { usualLimits, walkDocuments } from './documentWalk.ts';

/** Passages of one answer: few enough that reading it does not hold the editor. */
const perAnswer = 200;

function serve(): void {
  const peer = serveParent(() => undefined);
  let last: { readonly path: string; readonly passages: PassagePiece[] } | undefined;
  peer.onCall(findDocuments, ({ folders }, signal) => walkDocuments(folders, usualLimits, signal));
  peer.onCall(readDocument, async ({ file, start }) => {
    if (start === 0 || last?.path !== file.path) {
      last = { path: file.path, passages: await readPassages(file) };
    }
    const end = start + perAnswer;
    return { passages: last.passages.slice(start, end), more: end < last.passages.length };
  });
}

serve();
