/** Writes verified questions into the text of a file: adds one, replaces the one that asks the same, takes one out. */
import { KhipuError } from '../shared/errors.ts';
import { asksTheSame } from './sameQuestion.ts';
import { isFor, readVerified, type VerifiedEntry } from './verified.ts';

/** What is written of an entry. */
export type NewEntry = Omit<VerifiedEntry, 'start' | 'end'>;

/** A change of a text: what stands from `start` to `end` becomes `text`. UTF-16 offsets. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What a new file begins with. */
const fileOpening = `-- Verified questions. Khipu answers them with the SQL below them, without a model,
-- and shows models those that are near a new question as examples.
-- The line "database" names the databases that a question is for; the line "returns"
-- says which columns it gave when it was verified. "Khipu: Run Verified Questions" runs
-- all of them and says what has changed.
`;

/**
 * An entry as text, which `readVerified` reads as the same.
 * @throws KhipuError `invalid-input` for what this form cannot hold: SQL that is not exactly one statement
 */
export function formatEntry({ databases, returns, ...entry }: NewEntry): string {
  const question = entry.question.replace(/\s+/g, ' ').trim();
  const header = [
    `-- question: ${question}`,
    ...(databases.length === 0 ? [] : [`-- database: ${databases.join(', ')}`]),
    ...(returns === undefined ? [] : [`-- returns: ${returns.replace(/\s+/g, ' ')}`]),
  ].join('\n');
  // Read as it will be read: its own semicolon goes, and what is more than one statement comes to light.
  const sql = onlyEntry(`${header}\n${entry.sql}`)?.sql ?? '';
  // A line comment at the end would swallow the semicolon.
  const text = `${header}\n${sql}${/--[^\n]*$/.test(sql) ? '\n' : ''};\n`;
  const read = onlyEntry(text);
  if (read?.question === question && read.sql === sql) return text;
  throw new KhipuError(
    'invalid-input',
    `“${question}” cannot be kept: its SQL has to be exactly one statement.`,
  );
}

function onlyEntry(text: string): VerifiedEntry | undefined {
  const { entries, faults } = readVerified(text);
  return entries.length === 1 && faults.length === 0 ? entries[0] : undefined;
}

/** The entry that asks the same of one of these databases. */
export function findEntry(text: string, { question, databases }: NewEntry): VerifiedEntry | undefined {
  const shares = (entry: VerifiedEntry): boolean =>
    databases.length === 0 || databases.some((database) => isFor(entry, database));
  return readVerified(text).entries.find((entry) => shares(entry) && asksTheSame(entry.question, question));
}

/**
 * The change that makes a text hold an entry: in place of the one that asks the same, else at the end.
 * @throws KhipuError as `formatEntry` does
 */
export function editToKeep(text: string, entry: NewEntry): TextEdit {
  const before = findEntry(text, entry);
  if (before !== undefined) {
    // What it was for, it stays for.
    const databases =
      before.databases.length === 0 ? [] : [...new Set([...before.databases, ...entry.databases])];
    const written = formatEntry({ ...entry, databases });
    return { start: before.start, end: before.end, text: written.trimEnd() };
  }
  const opening = text.trim() === '' ? fileOpening : '';
  const gap = text === '' || text.endsWith('\n') ? '\n' : '\n\n';
  return { start: text.length, end: text.length, text: `${opening}${gap}${formatEntry(entry)}` };
}

/** A text with a change made. */
export function edited(text: string, { start, end, text: inserted }: TextEdit): string {
  return text.slice(0, start) + inserted + text.slice(end);
}

/** The columns of a result as `-- returns:` has them. */
export function columnsText(columns: readonly { readonly name: string; readonly type: string }[]): string {
  const quoted = (name: string): string =>
    /^[\p{Ll}_][\p{L}\p{N}_$]*$/u.test(name) && name === name.toLowerCase()
      ? name
      : `"${name.replaceAll('"', '""').replace(/\s+/g, ' ')}"`;
  return columns.map(({ name, type }) => `${quoted(name)} ${type}`).join(', ');
}
