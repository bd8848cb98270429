/** What is wrong with a script, statement by statement, in Postgres's own words. Pure: text in, diagnostics out. */
import { setImmediate } from 'node:timers/promises';
import { inSourceWords, parameterMarks, readParameters } from '../database/parameters.ts';
import { maxSqlBytes, type SqlParser } from '../database/parse.ts';
import { isTrivia, tokenCursor } from '../database/sqlTokens.ts';
import { splitStatements, type Statement } from '../database/statements.ts';
import { throwIfAborted } from '../shared/errors.ts';

export interface SqlDiagnostic {
  /** UTF-16 offsets into the script; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  readonly severity: 'error' | 'information';
  readonly message: string;
}

/** For how long statements are parsed before other work, a cancellation say, gets its turn. */
const sliceMs = 10;
/** A file that is not SQL has an error in each statement; nobody reads more than this. */
const maxDiagnostics = 200;
/** Postgres quotes the whole rest of the script after an unterminated string. */
const maxMessageLength = 300;

/**
 * Parses each statement alone, so that one error hides no other. A script of more than 1 MB is not parsed and says so.
 * @throws KhipuError `cancelled`, within about 10 ms of the signal or at the end of the statement that is being parsed
 */
export async function diagnose(
  script: string,
  parser: SqlParser,
  signal: AbortSignal,
): Promise<readonly SqlDiagnostic[]> {
  throwIfAborted(signal);
  if (Buffer.byteLength(script) > maxSqlBytes)
    return [notice(script, 'Khipu does not check the syntax of files of more than 1 MB.')];
  const found: SqlDiagnostic[] = [];
  const statements = splitStatements(script);
  let sliceEnd = performance.now() + sliceMs;
  for (const statement of statements) {
    const diagnostic = await check(statement, parser);
    if (diagnostic !== undefined) found.push(diagnostic);
    if (found.length >= maxDiagnostics) {
      return [notice(script, `Only the first ${maxDiagnostics} errors are shown.`), ...found];
    }
    if (performance.now() < sliceEnd) continue;
    await setImmediate();
    throwIfAborted(signal);
    sliceEnd = performance.now() + sliceMs;
  }
  return [...found, ...checkOpenComment(script, statements.at(-1)?.terminatedEnd ?? 0, parser)];
}

async function check(statement: Statement, parser: SqlParser): Promise<SqlDiagnostic | undefined> {
  await parser.ready();
  const { text, names, toSource } = readParameters(statement.text);
  const outcome = parser.parse(text);
  if (outcome.ok) return undefined;
  const place = toSource(outcome.position);
  const parameter = parameterMarks(statement.text).find((mark) => mark.start === place);
  const { start, end } = parameter ?? failureRange(statement.text, place);
  return {
    start: statement.start + start,
    end: statement.start + end,
    severity: outcome.reason === 'syntax' ? 'error' : 'information',
    message: shorten(inSourceWords(outcome.message, names)),
  };
}

/** A comment that is never closed belongs to no statement. */
function checkOpenComment(script: string, from: number, parser: SqlParser): readonly SqlDiagnostic[] {
  const cursor = tokenCursor(script, from);
  let last: { start: number; end: number } | undefined;
  while (cursor.next())
    last = cursor.kind === 'blockComment' ? { start: cursor.start, end: cursor.end } : undefined;
  if (last === undefined) return [];
  const outcome = parser.parse(script.slice(last.start, last.end));
  if (outcome.ok || outcome.reason !== 'syntax') return [];
  const end = lineEnd(script, last.start, last.end);
  return [{ start: last.start, end, severity: 'error', message: shorten(outcome.message) }];
}

/** From where the failure lies to the end of that token or of its first line; at the end of the statement, its last token. */
function failureRange(sql: string, position: number): { start: number; end: number } {
  const cursor = tokenCursor(sql);
  let last = { start: 0, end: sql.length };
  while (cursor.next()) {
    const { kind, start, end } = cursor;
    if (isTrivia(kind)) continue;
    last = { start, end };
    if (position < end) break;
  }
  const start = position < last.end ? Math.max(position, last.start) : last.start;
  return { start, end: lineEnd(sql, start, last.end) };
}

/** The end of the line that `start` is on, unless `end` comes first. */
function lineEnd(text: string, start: number, end: number): number {
  const found = text.slice(start, end).search(/[\n\r]/);
  return found <= 0 ? end : start + found;
}

function shorten(message: string): string {
  return message.length <= maxMessageLength
    ? message
    : `${message.slice(0, maxMessageLength).toWellFormed()}…`;
}

/** About the script as a whole: shown on its first line. */
function notice(script: string, message: string): SqlDiagnostic {
  return { start: 0, end: lineEnd(script, 0, script.length), severity: 'information', message };
}
