/** What the documents of the user say, in passages. */
import type { DocumentFile, PassagePiece } from '../shared/documentProtocol.ts';
import type { SourcePlace } from '../shared/sourcePlace.ts';
import { contentHash } from './contentHash.ts';

/** A passage, and where a person finds it. */
export interface Passage {
  /** Made of what it says and where it stands, its lines aside: what moves within its document is the same passage. */
  readonly id: string;
  /** Absolute path of the file. */
  readonly path: string;
  /** The path as the user knows it. */
  readonly file: string;
  /** The headings that it stands under, outermost first. */
  readonly heading: readonly string[];
  readonly text: string;
  readonly place: SourcePlace;
}

/** A new one whenever anything in it changes. */
export interface DocumentSet {
  readonly passages: ReadonlyMap<string, Passage>;
  /** Files that were read. */
  readonly files: number;
  /** What was left out, in words for a person. */
  readonly notices: readonly string[];
}

export const noDocuments: DocumentSet = { passages: new Map(), files: 0, notices: [] };

export function passageOf({ path, name }: DocumentFile, { heading, text, from, to }: PassagePiece): Passage {
  const unit = path.toLowerCase().endsWith('.pdf') ? 'page' : 'line';
  // Of a PDF the page is all that tells where a text stands.
  const id = contentHash(name, ...heading, unit === 'page' ? String(from) : '', text);
  return { id, path, file: name, heading, text, place: { unit, from, to } };
}
