/** Guards and grounds one text: what may run of it, which tables it reads, and which of its names are unknown. */
import { ReadOnlySql } from '../database/guard.ts';
import type { SqlParser } from '../database/parse.ts';
import { KhipuError, toKhipuError } from '../shared/errors.ts';
import { ground, type Finding, type Grounding, type NameIndex } from './ground.ts';

/** What a text is held against. */
export interface CheckWorld {
  readonly names: NameIndex;
  readonly parser: SqlParser;
}

/** A statement that passed the guard, with what grounding says of its names. */
export interface CheckedStatement extends Grounding {
  readonly statement: ReadOnlySql;
}

/**
 * Guards and grounds a text.
 * @throws KhipuError `refused-by-guard` or `sql-syntax`
 */
export function checkStatement(sql: string, world: CheckWorld): CheckedStatement {
  try {
    return judge(sql, world);
  } catch (thrown) {
    const error = toKhipuError(thrown);
    const unknown = refusedFunction(error, sql, world);
    if (unknown === undefined) throw error;
    const candidates = [...unknown.candidates];
    throw new KhipuError(error.kind, error.message, { ...error.detail, candidates }, { cause: error });
  }
}

/**
 * What the user has not written in this moment runs only when every name in it exists.
 * @throws KhipuError `refused-by-guard`, `sql-syntax` or `unknown-name`
 */
export function checkWholly(sql: string, world: CheckWorld): CheckedStatement {
  const checked = judgeWholly(sql, world);
  if ('unknown' in checked) throw unknownName(checked.unknown, checked.sql);
  return checked;
}

/** Names out of a list that mean nearly what another one says, best first. */
export type NearNames = (
  wanted: string,
  names: readonly string[],
  signal: AbortSignal,
) => Promise<readonly string[]>;

/**
 * `checkWholly`, whose error offers names that are near in meaning besides those that are spelt alike.
 * @throws KhipuError `refused-by-guard`, `sql-syntax`, `unknown-name` or `cancelled`
 */
export async function checkMeant(
  sql: string,
  world: CheckWorld,
  nearNames: NearNames,
  signal: AbortSignal,
): Promise<CheckedStatement> {
  const checked = judgeWholly(sql, world);
  if (!('unknown' in checked)) return checked;
  const meant = checked.unknown.map(async (finding, at): Promise<Finding> => {
    const { name, among = [], candidates } = finding;
    if (at >= mostExplained || among.length === 0) return finding;
    const near = await nearNames(name, among, signal);
    return { ...finding, candidates: [...new Set([...candidates, ...near])].slice(0, mostOffered) };
  });
  throw unknownName(await Promise.all(meant), checked.sql);
}

/** Of so many unknown names those are looked for that are near in meaning. */
const mostExplained = 5;
const mostOffered = 5;

/** What was judged; or the names in it that are unknown, and the text that their places are in. */
function judgeWholly(
  sql: string,
  world: CheckWorld,
): CheckedStatement | { readonly unknown: readonly Finding[]; readonly sql: string } {
  try {
    const checked = judge(sql, world);
    const { findings, statement } = checked;
    return findings.length === 0 ? checked : { unknown: findings, sql: statement.text };
  } catch (thrown) {
    const error = toKhipuError(thrown);
    const unknown = refusedFunction(error, sql, world);
    if (unknown === undefined) throw error;
    return { unknown: [unknown], sql };
  }
}

function judge(sql: string, { names, parser }: CheckWorld): CheckedStatement {
  const statement = ReadOnlySql.fromText(parser, names.catalog, sql);
  try {
    return { statement, ...ground(parser, names, statement.text) };
  } catch (error) {
    // Grounding recurses, and the grammar takes what is nested deeper than the stack is.
    if (!(error instanceof RangeError)) throw error;
    throw new KhipuError('refused-by-guard', 'The statement is nested too deeply.', { sql, position: 0 });
  }
}

/** The guard refuses a function that it does not know; grounding knows whether there is none, and which one was meant. */
function refusedFunction(error: KhipuError, sql: string, { names, parser }: CheckWorld): Finding | undefined {
  if (error.kind !== 'refused-by-guard') return undefined;
  try {
    const { findings } = ground(parser, names, sql);
    return findings.find(({ what, position }) => what === 'function' && position === error.detail.position);
  } catch {
    return undefined; // nested too deeply to look
  }
}

function unknownName(all: readonly Finding[], sql: string): KhipuError {
  const [first] = all;
  const { position, name: subject, candidates = [] } = first ?? {};
  const detail = { sql, position, subject, candidates: [...candidates] };
  return new KhipuError('unknown-name', [...new Set(all.map(told))].join(' '), detail);
}

function told({ name, what, candidates }: Finding): string {
  if (what === 'ambiguous column')
    return `The column ${name} is in several tables: ${candidates.join(', ')}.`;
  const near = candidates.length === 0 ? '' : ` Near names: ${candidates.join(', ')}.`;
  return `There is no ${what} ${name}.${near}`;
}
