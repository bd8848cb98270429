/** Takes secrets and values out of SQL and out of sentences, and leaves the names of schemas, tables and columns. */
import { tokenCursor } from '../database/sqlTokens.ts';

/** What must not be told, and what may. */
export interface Redaction {
  /** Names of the connection, by the word that stands for them: host, user, database… */
  readonly secrets: ReadonlyMap<string, string>;
  /** Names of schemas, tables and columns, in lower case. */
  readonly names: ReadonlySet<string>;
  /** Values that were met: literals of statements, values of columns, what stands between quotes. */
  readonly values: ReadonlySet<string>;
  /** Words of statements outside of their literals, in lower case: errors quote them. */
  readonly written: ReadonlySet<string>;
}

const gone = '…';

/** A year says when, and a small number how many; any other may be a key or an amount. */
const isTellingNumber = /^(?:\d{1,2}|(?:19|20)\d\d)$/;

/** A statement of the user's without literals, comments and psql commands, whether or not it is one to Postgres. */
export function redactStatement(sql: string, redaction: Redaction): string {
  const pieces: string[] = [];
  const cursor = tokenCursor(sql);
  while (cursor.next()) pieces.push(piece(cursor.kind, sql.slice(cursor.start, cursor.end), redaction));
  return pieces.join('').trim();
}

/** The same of what a model wrote; undefined for what is no query to begin with. */
export function redactSql(sql: string, redaction: Redaction): string | undefined {
  const text = redactStatement(sql, redaction);
  // Prose is words, too, and nothing would be taken out of it.
  return /^(?:\/\*…\*\/\s*|--…\s*|\()*(?:select|with|values|table|explain)\b/i.test(text) ? text : undefined;
}

function piece(kind: string, text: string, redaction: Redaction): string {
  switch (kind) {
    case 'string':
      return `'${gone}'`;
    case 'lineComment':
      return `--${gone}`;
    case 'blockComment':
      return `/*${gone}*/`;
    case 'meta':
      return gone;
    case 'number':
      return isTellingNumber.test(text) ? text : gone;
    case 'quotedName':
      return redaction.names.has(unquoted(text)) ? text : `"${gone}"`;
    case 'word':
      return redaction.names.has(text.toLowerCase()) ? text : redactWord(text, redaction);
    default:
      return text;
  }
}

function redactWord(word: string, { secrets, values }: Redaction): string {
  const standIn = [...secrets].find(([secret]) => secret.toLowerCase() === word.toLowerCase())?.[1];
  if (standIn !== undefined) return `‹${standIn}›`;
  return looksLikeKey(word) || values.has(word.toLowerCase()) ? gone : word;
}

/** The literals of a statement, without their quotes and in lower case. */
export function valuesIn(sql: string): string[] {
  const found: string[] = [];
  const cursor = tokenCursor(sql);
  while (cursor.next())
    if (cursor.kind === 'string') found.push(literalText(sql.slice(cursor.start, cursor.end)));
  return found;
}

function literalText(token: string): string {
  const text = token.startsWith('$')
    ? token.replace(/^\$[^$]*\$|\$[^$]*\$$/g, '')
    : token.replace(/^[a-z]?&?'|'$/gi, '').replaceAll("''", "'");
  return text.toLowerCase().replace(/^%|%$/g, '');
}

function unquoted(name: string): string {
  return name.slice(1, -1).replaceAll('""', '"').toLowerCase();
}

/** Long, and of letters and digits mixed as no word is. */
function looksLikeKey(word: string): boolean {
  return word.length >= 20 && /\d/.test(word) && /[a-z]/i.test(word) && !word.includes('_');
}

/** In their order: what is whole in one of them is not looked for by the next. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, '‹address›'],
  [/\b(?:bearer|basic)\s+\S+/gi, '‹key›'],
  [
    /\b(?:password|passwd|pwd|passphrase|secret|token|api[-_ ]?key|authorization|pgpassword)\b\s*(?:is|[:=])\s*\S+/gi,
    '‹secret›',
  ],
  [/\b(?:sk|pk|ghp|gho|xox[a-z]|AKIA|eyJ)[-_A-Za-z0-9]{8,}(?:\.[-_A-Za-z0-9]+)*/g, '‹key›'],
  [/[^\s@<>"'(]+@[^\s@<>"')]+/g, '‹address›'],
  [/\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b/g, '‹address›'],
  [/(?<![\w:])(?:[0-9a-f]{0,4}:){2,}[0-9a-f]{0,4}\b/gi, '‹address›'],
  [/(?<!\w)(?:[A-Za-z]:\\|~?\/)[^\s"']+/g, '‹path›'],
];

const quotes: readonly RegExp[] = [
  /"([^"]*)(?:"|$)/g,
  /“([^”]*)(?:”|$)/g,
  /‘([^’]*)(?:’|$)/g,
  /«([^»]*)(?:»|$)/g,
  /`([^`]*)(?:`|$)/g,
  /(?<!\w)'(.*?)(?:'(?!\w)|$)/gs,
];

/** Longer texts are cut: what patterns look for in a text without spaces takes its time. */
const longestText = 4000;

/**
 * A sentence of a person's, of Khipu's or of the server's.
 * @param numbers whether figures may stay, as in what the planner expects
 */
export function redactText(
  text: string,
  redaction: Redaction,
  numbers: 'kept' | 'removed' = 'removed',
): string {
  const mayStay = (inner: string): boolean => {
    const name = inner.toLowerCase();
    if (redaction.names.has(name)) return true;
    return redaction.written.has(name) && !redaction.values.has(name) && !looksLikeKey(inner);
  };
  let left = text
    .slice(0, longestText)
    .replace(/ Near: .*?(?= Hint: |$)/gs, ` Near: ${gone}`)
    .replace(/=\(.*?\)/gs, `=(${gone})`);
  left = left.replace(/\b(row contains|contains) \(.*\)/gs, `$1 (${gone})`);
  for (const [pattern, standIn] of patterns) left = left.replace(pattern, standIn);
  for (const secret of longestFirst(redaction.secrets.keys())) {
    if (redaction.names.has(secret.toLowerCase())) continue; // a database called as its schema
    left = left.replace(wholeWords(secret), `‹${redaction.secrets.get(secret) ?? ''}›`);
  }
  for (const quote of quotes) {
    left = left.replace(quote, (whole: string, inner: string) =>
      inner === '' || mayStay(inner) ? whole : whole.replace(inner, () => gone),
    );
  }
  for (const value of longestFirst(redaction.values)) left = left.replace(wholeWords(value), gone);
  return left
    .replace(/\d[\d.,]*\d|\d/g, (digits) =>
      numbers === 'kept' || isTellingNumber.test(digits) ? digits : gone,
    )
    .replace(/[\w+/=-]{20,}/g, (word) => (looksLikeKey(word) ? '‹key›' : word))
    .replace(/\s+/g, ' ');
}

function longestFirst(texts: Iterable<string>): string[] {
  return [...texts].filter((each) => each.trim() !== '').sort((a, b) => b.length - a.length);
}

function wholeWords(text: string): RegExp {
  const literal = text
    .trim()
    .replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    .replace(/\s+/g, '\\s+');
  return new RegExp(`(?<![\\p{L}\\p{N}_])${literal}(?![\\p{L}\\p{N}_])`, 'giu');
}
