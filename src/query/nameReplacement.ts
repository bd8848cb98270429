/** Puts a name that exists in the place of one that does not, where the statement writes it. */
import { quoteIdentifier } from '../database/identifier.ts';

export interface NameReplacement {
  /** UTF-16 offsets in the statement. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A name as SQL writes it: parts in quotes or not, with dots between them. */
const part = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_\u0080-\uffff][\p{L}\p{N}_$\u0080-\uffff]*)`;
const writtenName = new RegExp(String.raw`(?:${part}\s*\.\s*)*${part}`, 'uy');
const lastPart = new RegExp(`${part}$`, 'u');

/**
 * What to write instead: of `o.totl` the last part when a column is offered by its bare name, else the whole name.
 * @param position where the name begins, as grounding and the server say it
 * @param candidate a name that exists, its parts joined by dots
 * @returns undefined where no name stands at that place
 */
export function nameReplacement(
  sql: string,
  position: number,
  candidate: string,
): NameReplacement | undefined {
  writtenName.lastIndex = position;
  const written = writtenName.exec(sql)?.[0];
  if (written === undefined) return undefined;
  const end = position + written.length;
  const parts = candidate.split('.');
  const replaced =
    parts.length === 1 ? (lastPart.exec(written)?.[0].length ?? written.length) : written.length;
  return { start: end - replaced, end, text: parts.map(quoteIdentifier).join('.') };
}
