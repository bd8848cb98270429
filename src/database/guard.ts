/**
 * The guard: the only maker of ReadOnlySql. It reads a statement with Postgres's own grammar and lets through what can only
 * read: one statement, made of reading nodes, that calls no function which could write, leave the session or disturb it.
 */
import { KhipuError } from '../shared/errors.ts';
import { astNodes, nameParts, type AstNode } from './astNodes.ts';
import { qualified, type Callables } from './catalog.ts';
import { constructNames, deniedFunctions, harmlessVolatile, readingNodes } from './guardRules.ts';
import type { ParsedStatement, SqlParser } from './parse.ts';
import { bytesToUtf16 } from './textPositions.ts';

/** How the statement is run: as a cursor over rows, or directly, since SHOW and EXPLAIN have no cursor. */
export type ReadOnlyKind = 'rows' | 'direct';

/** One statement that has passed the guard. Its constructor is this file's alone; `execute` checks the private mark. */
export class ReadOnlySql {
  readonly #passed = true;
  readonly text: string;
  readonly kind: ReadOnlyKind;

  private constructor(text: string, kind: ReadOnlyKind) {
    this.text = text;
    this.kind = kind;
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
    const statement = onlyStatement(parser, sql);
    const [type, body] = Object.entries(statement.node)[0] ?? ['nothing', {}];
    const kind = type === 'SelectStmt' ? 'rows' : 'direct';
    if (type === 'ExplainStmt') judgeExplain(body, sql, names);
    else if (type === 'SelectStmt') judgeTree(statement.node, sql, names);
    else if (type !== 'VariableShowStmt') throw refuseConstruct(type, sql, statement.start);
    return new ReadOnlySql(sql.slice(statement.start, statement.end), kind);
  }
}

/** What the guard must know of the server: volatility by name, and where unqualified names are looked up. */
export interface GuardNames {
  readonly callables: Callables;
  readonly searchPath: readonly string[];
}

function onlyStatement(parser: SqlParser, sql: string): ParsedStatement {
  const outcome = parser.parse(sql);
  if (!outcome.ok) {
    throw new KhipuError('sql-syntax', outcome.message, { sql, position: outcome.position });
  }
  const [first, second] = outcome.statements;
  if (first === undefined) throw refuse('There is no statement here.', sql, 0);
  if (second !== undefined) {
    throw refuse('There is more than one statement here; only one is run at a time.', sql, second.start);
  }
  return first;
}

function judgeExplain(body: unknown, sql: string, names: GuardNames): void {
  const query = (body as { query?: object }).query ?? {};
  const type = Object.keys(query)[0] ?? 'nothing';
  if (type !== 'SelectStmt') {
    throw refuse(`EXPLAIN is run for SELECT only, not for ${constructName(type)}.`, sql, 0);
  }
  judgeTree(query, sql, names);
}

function judgeTree(root: object, sql: string, names: GuardNames): void {
  for (const node of astNodes(root)) {
    const place = (): number => (node.byteLocation < 0 ? 0 : bytesToUtf16(sql, node.byteLocation));
    const isNodeType = /^[A-Z]/.test(node.type);
    if (node.type === 'intoClause' || (isNodeType && !readingNodes.has(node.type))) {
      throw refuseConstruct(node.type, sql, place());
    }
    const reason = judgeNames(node, names);
    if (reason !== undefined) throw refuse(reason, sql, place());
  }
}

/** Why the names that this node calls by are not let through; undefined when they are. */
function judgeNames(node: AstNode, names: GuardNames): string | undefined {
  const { fields } = node;
  switch (node.type) {
    case 'FuncCall':
      return judgeFunction(nameParts(fields['funcname']), names);
    case 'RangeTableSample':
      return judgeFunction(nameParts(fields['method']), names);
    case 'A_Expr':
      return judgeOperator(nameParts(fields['name']), names);
    case 'SubLink':
      return judgeOperator(nameParts(fields['operName']), names);
    case 'SortBy':
      return judgeOperator(nameParts(fields['useOp']), names);
    case 'TypeName':
    case 'typeName':
      return judgeType(nameParts(fields['names']), names);
    default:
      return undefined;
  }
}

function judgeFunction(parts: readonly string[], names: GuardNames): string | undefined {
  const name = parts.at(-1) ?? '';
  const shown = parts.join('.');
  if (deniedFunctions.some((pattern) => pattern.test(name))) {
    return `The function ${shown} reaches outside this query: it can change, lock, wait or leave the session.`;
  }
  const keys = candidates(parts, names).filter((key) => names.callables.functions.has(key));
  if (keys.length === 0) return `There is no function ${shown} that the guard knows to be safe.`;
  const volatile = keys.filter((key) => names.callables.functions.get(key) === 'volatile');
  const harmful = volatile.filter(
    (key) => key !== qualified('pg_catalog', name) || !harmlessVolatile.has(name),
  );
  return harmful.length === 0
    ? undefined
    : `The function ${shown} is declared VOLATILE: it may change something, so it is not run unasked.`;
}

function judgeOperator(parts: readonly string[], names: GuardNames): string | undefined {
  const volatile = candidates(parts, names).some((key) => names.callables.operators.get(key) === 'volatile');
  return volatile ? `The operator ${parts.join('.')} calls a VOLATILE function.` : undefined;
}

function judgeType(parts: readonly string[], names: GuardNames): string | undefined {
  const volatile = candidates(parts, names).some((key) => names.callables.volatileTypes.has(key));
  return volatile ? `A cast to or from ${parts.join('.')} calls a VOLATILE function.` : undefined;
}

/** Every `schema.name` that a name may mean: overloads are chosen by argument types, so all on the search path count. */
function candidates(parts: readonly string[], { searchPath }: GuardNames): string[] {
  const name = parts.at(-1) ?? '';
  const schema = parts.at(-2);
  const schemas = schema === undefined ? new Set(['pg_catalog', ...searchPath]) : [schema];
  return [...schemas].map((each) => qualified(each, name));
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
