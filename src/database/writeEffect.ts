/** Runs one statement that may write, and tells what it did: how many rows, and the first of them. */
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { StatementEffect } from '../shared/changesProtocol.ts';
import { KhipuError, throwIfAborted } from '../shared/errors.ts';
import type { ResultRow } from '../shared/resultsProtocol.ts';
import { pairChanges, type Sample } from './beforeAfter.ts';
import { describeColumns } from './typeNames.ts';
import { quoteIdentifier, quoteQualified } from './identifier.ts';
import { shortenCells } from './largeCells.ts';
import type { PreviewText } from './returning.ts';
import type { OnRow } from './rowStream.ts';
import type { Session } from './session.ts';
import type { WriteSql } from './writeDoor.ts';

/** Rows that are kept of those that a statement changes or gives back; the others are counted as they pass. */
export const sampleRows = 200;
const rowsPerTurn = 1000;

/** The open transaction that a statement runs in. */
export interface WritePlace {
  readonly session: Session;
  /** The server's `server_version_num`. */
  readonly serverVersion: number;
  /** Does work so that its failure takes back nothing but itself. */
  readonly attempt: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The errors that RETURNING can cause in a statement that runs without it: SELECT not granted, a rule, an older grammar. */
const returningFaults = new Set(['42501', '0A000', '42601']);

/**
 * Runs a statement; whoever began the transaction commits it or rolls it back.
 * @throws KhipuError of the statement, with the position in its text; then nothing of it is left
 */
export async function runWrite(
  place: WritePlace,
  statement: WriteSql,
  signal: AbortSignal,
): Promise<StatementEffect> {
  if (statement.values.length !== statement.names.length)
    throw new KhipuError(
      'internal',
      `There are not as many values as parameters: ${statement.names.join()}.`,
    );
  const target = await lookUpTarget(place, statement, signal);
  const preview = target?.mayReturn === true ? statement.previewText(place.serverVersion) : undefined;
  if (preview === undefined) return runOnce(place, statement, undefined, target, signal);
  try {
    return await runOnce(place, statement, preview, target, signal);
  } catch (error) {
    const state = error instanceof KhipuError ? error.detail.sqlState : undefined;
    if (state === undefined || !returningFaults.has(state)) throw error;
    throwIfAborted(signal);
    const effect = await runOnce(place, statement, undefined, target, signal);
    return {
      ...effect,
      note: 'This table does not give changed rows back to this role, so there is no sample.',
    };
  }
}

interface Target {
  /** Schema-qualified, as SQL writes it. */
  readonly name: string;
  readonly mayReturn: boolean;
  readonly note: string | undefined;
}

/**
 * The relation that a statement changes. RETURNING needs SELECT, so where row-level security applies, to add it could change
 * which rows are reached; behind a view it could apply unseen.
 */
async function lookUpTarget(
  { session, attempt }: WritePlace,
  { target }: WriteSql,
  signal: AbortSignal,
): Promise<Target | undefined> {
  if (target === undefined) return undefined;
  const { schema, name } = target;
  const written = schema === undefined ? quoteIdentifier(name) : quoteQualified(schema, name);
  const query = {
    text: `SELECT n.nspname, c.relname,
                  (row_security_active(c.oid) OR c.relkind = 'v' AND EXISTS (SELECT FROM pg_class WHERE relrowsecurity))::text
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)`,
    values: [written],
  };
  const [row] = await attempt(() => session.query(query, signal)).then(
    ({ rows }) => rows,
    () => [], // such a server has no such catalog: the statement runs as it is
  );
  const [foundSchema, foundName, isSecured] = row ?? [];
  if (typeof foundSchema !== 'string' || typeof foundName !== 'string') {
    throwIfAborted(signal);
    return { name: written, mayReturn: false, note: undefined };
  }
  return {
    name: quoteQualified(foundSchema, foundName),
    mayReturn: isSecured === 'false',
    note:
      isSecured === 'false'
        ? undefined
        : 'Row-level security applies, and to ask for the changed rows could change which they are: so there is no sample.',
  };
}

async function runOnce(
  { session, attempt }: WritePlace,
  statement: WriteSql,
  preview: PreviewText | undefined,
  target: Target | undefined,
  signal: AbortSignal,
): Promise<StatementEffect> {
  const started = performance.now();
  const shorten = shortenCells();
  const rows: ResultRow[] = [];
  let passed = 0;
  const keep: OnRow = (cells) => {
    if (rows.length < sampleRows) rows.push(shorten(cells));
    passed += 1;
    // The socket gives megabytes in one turn of the event loop: others get their turn in between.
    return passed % rowsPerTurn === 0 ? setImmediate() : undefined;
  };
  const { text, values, names, seenText } = statement;
  const context = { sql: text, prefixLength: 0, hasValues: values.length > 0 };
  const run = { text: preview?.text ?? text, values, context };
  const parameters = values.map((value, index) => ({ name: names[index] ?? '', value }));
  return attempt(async () => {
    const { columns: found, tag } = await session.execute(run, keep, signal);
    const ms = performance.now() - started;
    const columns = found.length === 0 ? [] : await describeColumns(session, found, signal);
    const isPaired = preview?.rows === 'before-after' && columns.length % 2 === 0;
    const sample: Sample = isPaired ? pairChanges(columns, rows) : { columns, rows };
    const { command, count } = readTag(tag);
    return {
      sql: seenText,
      ...(parameters.length === 0 ? {} : { parameters }),
      command,
      table: target?.name,
      count,
      columns: [...sample.columns],
      sample: [...sample.rows],
      showsChange: preview !== undefined,
      note: preview === undefined ? target?.note : undefined,
      ms,
    };
  });
}

/** `UPDATE 3` → UPDATE and 3, `INSERT 0 3` → INSERT and 3, `CREATE TABLE` → no count. */
export function readTag(tag: string): { readonly command: string; readonly count: number | undefined } {
  const [, command = tag, count] = /^(.*?)(?: \d+)?(?: (\d+))$/.exec(tag) ?? [];
  return { command, count: count === undefined ? undefined : Number(count) };
}
