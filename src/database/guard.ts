/**
 * The guard: the only maker of ReadOnlySql. It reads a statement with Postgres's own grammar and lets through what can only
 * read: one statement, made of reading nodes, that calls no function which could write, leave the session or disturb it.
 */
import { KhipuError } from '../shared/errors.ts';
import { astNodes } from './astNodes.ts';
import { judgeNames, type GuardNames } from './guardNames.ts';
import { constructNames, readingNodes } from './guardRules.ts';
import type { ParameterValue } from './parameters.ts';
import type { ParsedStatement, SqlParser } from './parse.ts';
import { isTrivia, tokenCursor } from './sqlTokens.ts';
import { bytesToUtf16 } from './textPositions.ts';

/** How the statement is run: as a cursor over rows, or directly, since SHOW and EXPLAIN have no cursor. */
export type ReadOnlyKind = 'rows' | 'direct';

interface ReadOnlyParts {
  readonly text: string;
  readonly kind: ReadOnlyKind;
  readonly isSorted: boolean;
  readonly offset: number;
  readonly parameterCount: number;
  readonly values: readonly ParameterValue[];
}

/** One statement that has passed the guard. Its constructor is this file's alone; `execute` checks the private mark. */
export class ReadOnlySql {
  readonly #passed = true;
  readonly text: string;
  readonly kind: ReadOnlyKind;
  /** Its rows are put in order as the last thing of all. */
  readonly isSorted: boolean;
  /** Where `text` begins in what was judged, a UTF-16 offset. */
  readonly offset: number;
  /** The highest `$n` in it. */
  readonly parameterCount: number;
  /** What is bound to `$1`, `$2`…; as long as `parameterCount`, or the statement does not run. */
  readonly values: readonly ParameterValue[];

  private constructor(parts: ReadOnlyParts) {
    this.text = parts.text;
    this.kind = parts.kind;
    this.isSorted = parts.isSorted;
    this.offset = parts.offset;
    this.parameterCount = parts.parameterCount;
    this.values = parts.values;
  }

  /** The same statement with values for its parameters, which go to the server apart from its text. */
  bind(values: readonly ParameterValue[]): ReadOnlySql {
    const { text, kind, isSorted, offset, parameterCount } = this;
    return new ReadOnlySql({ text, kind, isSorted, offset, parameterCount, values });
  }

  /** Whether this really came from the guard, and is no look-alike. */
  static is(value: object): value is ReadOnlySql {
    return #passed in value && value.#passed;
  }

  /**
   * Judges a text.
   * @param names the callable names of the server that will run it, and its search path
   * @throws KhipuError `refused-by-guard` with the reason and the place, or `sql-syntax`
   */
  static fromText(parser: SqlParser, names: GuardNames, sql: string): ReadOnlySql {
    const outcome = parser.parse(sql);
    if (!outcome.ok) {
      const bare = withoutComments(sql);
      if (bare !== sql && parser.parse(bare).ok) return ReadOnlySql.fromText(parser, names, bare);
      throw new KhipuError('sql-syntax', outcome.message, { sql, position: outcome.position });
    }
    const statement = onlyStatement(outcome.statements, sql);
    const [type, body] = Object.entries(statement.node)[0] ?? ['nothing', {}];
    const kind = type === 'SelectStmt' ? 'rows' : 'direct';
    let parameterCount = 0;
    if (type === 'ExplainStmt') parameterCount = judgeExplain(statement, body, sql, names);
    else if (type === 'SelectStmt') parameterCount = judgeTree(statement.node, statement, sql, names);
    else if (type !== 'VariableShowStmt') throw refuseConstruct(type, sql, statement.start);
    const text = sql.slice(statement.start, statement.end);
    const isSorted = kind === 'rows' && 'sortClause' in body;
    return new ReadOnlySql({ text, kind, isSorted, offset: statement.start, parameterCount, values: [] });
  }
}

/**
 * libpg-query takes `NOT /* c *\/ LIKE` and some other comments that Postgres permits for errors. Then the same text with blanks
 * in their place is judged, and that text, not the one with comments, is what is run. Offsets stay as they were.
 */
export function withoutComments(sql: string): string {
  const cursor = tokenCursor(sql);
  let bare = '';
  while (cursor.next()) {
    const token = sql.slice(cursor.start, cursor.end);
    bare += isTrivia(cursor.kind) ? token.replace(/[^\s]/g, ' ') : token;
  }
  return bare;
}

function onlyStatement(statements: readonly ParsedStatement[], sql: string): ParsedStatement {
  const [first, second] = statements;
  if (first === undefined) throw refuse('There is no statement here.', sql, 0);
  if (second !== undefined) {
    throw refuse('There is more than one statement here; only one is run at a time.', sql, second.start);
  }
  return first;
}

/** @returns the highest number of a parameter */
function judgeExplain(statement: ParsedStatement, body: object, sql: string, names: GuardNames): number {
  const query = (body as { query?: object }).query ?? {};
  const type = Object.keys(query)[0] ?? 'nothing';
  if (type !== 'SelectStmt') {
    const reason = `EXPLAIN is run for statements that read only, not for ${constructName(type)}.`;
    throw refuse(reason, sql, placeOf(query, statement, sql));
  }
  return judgeTree(query, statement, sql, names);
}

/** @returns the highest number of a parameter */
function judgeTree(root: object, statement: ParsedStatement, sql: string, names: GuardNames): number {
  let parameterCount = 0;
  for (const node of astNodes(root)) {
    const place = (): number =>
      node.type === 'LockingClause'
        ? lockingPlace(sql, statement)
        : node.byteLocation < 0
          ? placeOf(node.fields, statement, sql)
          : bytesToUtf16(sql, node.byteLocation);
    const isNodeType = node.type < 'a'; // the parser's JSON has capitals for types and small letters for fields
    if (node.type === 'intoClause' || (isNodeType && !readingNodes.has(node.type))) {
      throw refuseConstruct(node.type, sql, place());
    }
    const reason = judgeNames(node, names);
    if (reason !== undefined) throw refuse(reason, sql, place());
    if (node.type === 'ParamRef')
      parameterCount = Math.max(parameterCount, Number(node.fields['number'] ?? 0));
  }
  return parameterCount;
}

/** Where a part of the tree begins: at its first located node, and at the statement when it has none. */
function placeOf(part: object, statement: ParsedStatement, sql: string): number {
  const located = [...astNodes(part)].map(({ byteLocation }) => byteLocation).filter((byte) => byte >= 0);
  return located.length === 0 ? statement.start : bytesToUtf16(sql, Math.min(...located));
}

/** The tree does not say where FOR UPDATE stands: it is the FOR before a strength of lock. */
function lockingPlace(sql: string, statement: ParsedStatement): number {
  const cursor = tokenCursor(sql, statement.start);
  let previous = { word: '', start: statement.start };
  while (cursor.next() && cursor.start < statement.end) {
    if (isTrivia(cursor.kind)) continue;
    const word = sql.slice(cursor.start, cursor.end).toLowerCase();
    if (previous.word === 'for' && ['update', 'share', 'no', 'key'].includes(word)) return previous.start;
    previous = { word: cursor.kind === 'word' ? word : '', start: cursor.start };
  }
  return statement.start;
}

function constructName(type: string): string {
  return (
    constructNames[type] ??
    type
      .replace(/Stmt$/, '')
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toUpperCase()
  );
}

function refuseConstruct(type: string, sql: string, position: number): KhipuError {
  return refuse(`${constructName(type)} is not run here: only statements that read are.`, sql, position);
}

function refuse(reason: string, sql: string, position: number): KhipuError {
  return new KhipuError('refused-by-guard', reason, { sql, position });
}
