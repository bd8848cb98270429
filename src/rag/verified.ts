/** Reads verified questions from plain SQL text: `-- question: …`, what it is for and gives, and the statement that answers it. */
import { KhipuError } from '../shared/errors.ts';
import type { VerifiedQuestion } from './retrieval.ts';

/** A verified question as it stands in a file. */
export interface VerifiedEntry extends VerifiedQuestion {
  /** The names of the databases that it is for; for any when there is none. */
  readonly databases: readonly string[];
  /** The columns that it gave when it was verified, as `columnsText` writes them. */
  readonly returns: string | undefined;
  /** Where it begins and ends in the text, as UTF-16 offsets; the semicolon is inside. */
  readonly start: number;
  readonly end: number;
}

/** What cannot be read; the rest can. */
export interface VerifiedFault {
  /** UTF-16 offset of the line. */
  readonly start: number;
  /** What the line has: “has an empty question”. */
  readonly what: string;
}

const questionLine = /^[ \t]*--[ \t]*question:[ \t]*(.*)$/i;
const headerLine = /^[ \t]*--[ \t]*(database|returns):[ \t]*(.*)$/i;

/** One thing of SQL's surface: a comment, a quoted text, a semicolon, or what lies between. */
const lexeme = new RegExp(
  [
    /--[^\n]*/, // comment to the end of the line
    /\/\*[\s\S]*?(?:\*\/|$)/, // comment in a block
    /\b[eE]'(?:\\[\s\S]|''|[^'\\])*'?/, // string with backslashes
    /'(?:''|[^'])*'?/,
    /"(?:""|[^"])*"?/,
    /(\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$)[\s\S]*?(?:\1|$)/u, // dollar quotes
    /[\p{L}_][\p{L}\p{N}_$]*/u, // name
    /[^\s;'"$/\p{L}_-]+/u,
    /\s+|[\s\S]/,
  ]
    .map((part) => part.source)
    .join('|'),
  'gu',
);

interface Statement {
  readonly sql: string;
  /** Where the statement's part of the text ends, its semicolon included. */
  readonly end: number;
  /** Something but comments stands in it. */
  readonly real: boolean;
}

/** The statement that starts at `from`: up to its semicolon, the next question, or the end of the text. */
function readStatement(text: string, from: number): Statement {
  let real = false;
  const scan = new RegExp(lexeme);
  scan.lastIndex = from;
  for (const { 0: piece, index: at } of text.matchAll(scan)) {
    if (piece === ';') return { sql: plain(text.slice(from, at)), end: at + 1, real };
    if (piece.startsWith('--')) {
      if (startsLine(text, at) && questionLine.test(piece.trimEnd()))
        return { sql: plain(text.slice(from, at)), end: at, real };
    } else if (!piece.startsWith('/*') && piece.trim() !== '') real = true;
  }
  return { sql: plain(text.slice(from)), end: text.length, real };
}

function startsLine(text: string, at: number): boolean {
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, at).trim() === '';
}

/** A statement means the same wherever lines end as Windows ends them. */
function plain(sql: string): string {
  return sql.replaceAll('\r\n', '\n').trim();
}

function lineNumber(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

/**
 * Reads verified questions, past what cannot be read. Comments and blank lines may stand anywhere; the statement ends at its
 * semicolon or before the next question.
 */
export function readVerified(text: string): { entries: VerifiedEntry[]; faults: VerifiedFault[] } {
  const entries: VerifiedEntry[] = [];
  const faults: VerifiedFault[] = [];
  for (let at = 0; at < text.length;) {
    const { line, next } = lineAt(text, at);
    const question = questionLine.exec(line)?.[1]?.trim();
    if (question === undefined && /^\s*(?:--.*)?$/.test(line)) {
      at = next;
      continue;
    }
    const header = question === undefined ? noHeader(at) : readHeader(text, next);
    const { sql, end, real } = readStatement(text, header.end);
    if (question === undefined) faults.push({ start: at, what: 'has SQL that no question stands above' });
    else if (question === '') faults.push({ start: at, what: 'has an empty question' });
    else if (!real) faults.push({ start: at, what: `has the question “${question}” without SQL under it` });
    else {
      const { databases, returns } = header;
      entries.push({ question, sql, databases, returns, start: at, end });
    }
    at = end;
  }
  return { entries, faults };
}

interface Header {
  readonly databases: readonly string[];
  readonly returns: string | undefined;
  readonly end: number;
}

function noHeader(end: number): Header {
  return { databases: [], returns: undefined, end };
}

/** The lines right under a question that say something of it. */
function readHeader(text: string, from: number): Header {
  let header = noHeader(from);
  for (;;) {
    const { line, next } = lineAt(text, header.end);
    const [, key, value = ''] = headerLine.exec(line) ?? [];
    if (key === undefined) return header;
    const said = key.toLowerCase() === 'returns' ? { returns: value.trim() } : { databases: listOf(value) };
    header = { ...header, ...said, end: next };
  }
}

function listOf(value: string): string[] {
  return value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function lineAt(text: string, at: number): { line: string; next: number } {
  const end = text.indexOf('\n', at);
  const line = text.slice(at, end === -1 ? text.length : end);
  return { line: line.endsWith('\r') ? line.slice(0, -1) : line, next: end === -1 ? text.length : end + 1 };
}

/**
 * Reads verified questions of which all have to be readable.
 * @throws KhipuError `invalid-input` that names the line of a question without a statement, or of a statement
 * without a question
 */
export function parseVerified(text: string): VerifiedQuestion[] {
  const { entries, faults } = readVerified(text);
  const [fault] = faults;
  if (fault !== undefined) throw faultError(text, fault);
  return entries.map(({ question, sql }) => ({ question, sql }));
}

/** What to do about any fault. */
export const verifiedHint =
  'Write "-- question: …" on a line of its own, and under it one statement that ends with a semicolon.';

function faultError(text: string, { start, what }: VerifiedFault): KhipuError {
  const line = lineNumber(text, start);
  return new KhipuError('invalid-input', `Line ${line} of the verified questions ${what}.`, {
    subject: `line ${line}`,
    hint: verifiedHint,
  });
}

/** Whether an entry is for a database of this name. */
export function isFor({ databases }: Pick<VerifiedEntry, 'databases'>, database: string): boolean {
  return databases.length === 0 || databases.includes(database);
}
