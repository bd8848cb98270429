/** Reads and writes verified questions as plain SQL text: `-- question: …`, then the statement that answers it. */
import { KhipuError } from '../shared/errors.ts';
import type { VerifiedQuestion } from './retrieval.ts';

const questionLine = /^[ \t]*--[ \t]*question:[ \t]*(.*)$/i;

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
    if (piece === ';') return { sql: text.slice(from, at).trim(), end: at + 1, real };
    if (piece.startsWith('--')) {
      if (startsLine(text, at) && questionLine.test(piece))
        return { sql: text.slice(from, at).trim(), end: at, real };
    } else if (!piece.startsWith('/*') && piece.trim() !== '') real = true;
  }
  return { sql: text.slice(from).trim(), end: text.length, real };
}

function startsLine(text: string, at: number): boolean {
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, at).trim() === '';
}

function lineNumber(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

/**
 * Reads verified questions. Comments and blank lines may stand anywhere; the statement ends at its semicolon or
 * before the next question.
 * @throws KhipuError `invalid-input` that names the line of a question without a statement, or of a statement
 * without a question
 */
export function parseVerified(text: string): VerifiedQuestion[] {
  const source = text.replaceAll('\r\n', '\n');
  const found: VerifiedQuestion[] = [];
  let at = 0;
  while (at < source.length) {
    const between = source.indexOf('\n', at);
    const end = between === -1 ? source.length : between;
    const line = source.slice(at, end);
    const question = questionLine.exec(line)?.[1]?.trim();
    if (question === undefined) {
      if (!/^\s*(?:--.*)?$/.test(line)) throw fault(source, at, 'has SQL that no question stands above');
      at = end + 1;
      continue;
    }
    if (question === '') throw fault(source, at, 'has an empty question');
    const statement = readStatement(source, Math.min(end + 1, source.length));
    if (!statement.real) throw fault(source, at, `has the question “${question}” without SQL under it`);
    found.push({ question, sql: statement.sql });
    at = statement.end;
  }
  return found;
}

function fault(text: string, at: number, what: string): KhipuError {
  const line = lineNumber(text, at);
  return new KhipuError('invalid-input', `Line ${line} of the verified questions ${what}.`, {
    subject: `line ${line}`,
    hint: 'Write "-- question: …" on a line of its own, and under it one statement that ends with a semicolon.',
  });
}

/**
 * Writes verified questions so that `parseVerified` reads the same ones.
 * @throws KhipuError `invalid-input` for what this form cannot hold: a question of several lines, or SQL that is
 * not exactly one statement
 */
export function formatVerified(items: readonly VerifiedQuestion[]): string {
  return items.map(formatOne).join('\n');
}

function formatOne(item: VerifiedQuestion): string {
  const question = item.question.trim();
  const sql = item.sql.trim();
  // A line comment at the end would swallow the semicolon.
  const text = `-- question: ${question}\n${sql}${/--[^\n]*$/.test(sql) ? '\n' : ''};\n`;
  const [read, ...more] = parseVerified(text);
  if (read?.question === question && read.sql === sql.replaceAll('\r\n', '\n') && more.length === 0)
    return text;
  throw new KhipuError(
    'invalid-input',
    `“${question}” cannot be kept: its SQL has to be exactly one statement.`,
  );
}
