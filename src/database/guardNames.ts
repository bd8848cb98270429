/** Judges the names in a statement: what each may run on this server, by the facts of its catalog and the guard's rules. */
import type { AstNode } from './astNodes.ts';
import { nameParts } from './astNodes.ts';
import type { Callables, Reach } from './callables.ts';
import { qualified } from './catalog.ts';
import { deniedDeed, deniedRelations, harmlessOverloads, harmlessVolatile } from './guardFunctions.ts';

/** What the guard must know of the server: what each name runs, and where unqualified names are looked up. */
export interface GuardNames {
  readonly callables: Callables;
  readonly searchPath: readonly string[];
}

/** Operators that a construct applies without writing them. */
const impliedOperators: Readonly<Record<string, readonly string[]>> = {
  AEXPR_BETWEEN: ['>=', '<='],
  AEXPR_NOT_BETWEEN: ['<', '>'],
  AEXPR_BETWEEN_SYM: ['>=', '<='],
  AEXPR_NOT_BETWEEN_SYM: ['<', '>'],
};

/** Why what this node runs by name is not let through; undefined when it is. */
export function judgeNames({ type, fields }: AstNode, names: GuardNames): string | undefined {
  switch (type) {
    case 'FuncCall':
      return judgeCall(nameParts(fields['funcname']), argumentCount(fields), names);
    case 'RangeTableSample':
      return judgeFunction(nameParts(fields['method']), names);
    case 'ColumnRef':
      return judgeColumn(nameParts(fields['fields']), names);
    case 'A_Indirection':
      return firstReason(nameParts(fields['indirection']), (name) => judgeAttribute(name, names));
    case 'A_Expr':
      return judgeExpression(fields, names);
    case 'SubLink':
      return judgeOperator(fields['operName'] === undefined ? ['='] : nameParts(fields['operName']), names);
    case 'CaseExpr':
      return fields['arg'] === undefined ? undefined : judgeOperator(['='], names);
    case 'JoinExpr':
      return fields['isNatural'] === true || fields['usingClause'] !== undefined
        ? judgeOperator(['='], names)
        : undefined;
    case 'SortBy':
      return judgeOperator(nameParts(fields['useOp']), names);
    case 'TypeName':
    case 'typeName':
      return judgeType(nameParts(fields['names']), names);
    case 'RangeVar':
      return judgeRelation(fields, names);
    default:
      return undefined;
  }
}

/** A call by name; Postgres also takes the name of a type for a function, which is then a cast. */
function judgeCall(parts: readonly string[], count: number, names: GuardNames): string | undefined {
  const types = candidates(parts, names).filter((key) => names.callables.castableTypes.has(key));
  const isKnown = candidates(parts, names).some((key) => names.callables.functions.has(key));
  const asFunction = isKnown || types.length === 0 ? judgeFunction(parts, names, count) : undefined;
  return asFunction ?? (types.length === 0 ? undefined : judgeType(parts, names));
}

function judgeFunction(parts: readonly string[], names: GuardNames, count = 1): string | undefined {
  const shown = parts.join('.');
  const denied = deniedDeed(parts.at(-1) ?? '');
  if (denied !== undefined) return `The function ${shown} ${denied}.`;
  const keys = candidates(parts, names).filter((key) => names.callables.functions.has(key));
  if (keys.length === 0) {
    return `There is no function ${shown} that is known to be safe. If it is new, refresh the schema.`;
  }
  const deed = firstReason(keys, (key) =>
    harmlessOverloads.get(key) === count && names.callables.makers.get(key) === 'postgres'
      ? undefined
      : deedOfKey(key, names.callables),
  );
  return deed === undefined ? undefined : `The function ${shown} ${deed}.`;
}

function argumentCount(fields: AstNode['fields']): number {
  return Array.isArray(fields['args']) ? fields['args'].length : 0;
}

/** `t.name` reads a column, or, where there is none of that name, calls the function `name` with the row. */
function judgeColumn(parts: readonly string[], names: GuardNames): string | undefined {
  return parts.length < 2 ? undefined : judgeAttribute(parts.at(-1) ?? '', names);
}

/** `(x).name` calls the function `name` of one argument with x, whatever x is, where x has no such column. */
function judgeAttribute(name: string, names: GuardNames): string | undefined {
  const keys = candidates([name], names);
  const deed = firstReason(
    keys.filter((key) => names.callables.attributes.has(key)),
    (key) => deedOfKey(key, names.callables),
  );
  if (deed !== undefined) {
    return `Written after a dot, ${name} may call the function ${name}, which ${deed}. If it is a column, write it without the table.`;
  }
  return keys.some((key) => names.callables.castableTypes.has(key)) ? judgeType([name], names) : undefined;
}

function judgeExpression(fields: AstNode['fields'], names: GuardNames): string | undefined {
  const implied = impliedOperators[String(fields['kind'])];
  return implied === undefined
    ? judgeOperator(nameParts(fields['name']), names)
    : firstReason(implied, (symbol) => judgeOperator([symbol], names));
}

function judgeOperator(parts: readonly string[], names: GuardNames): string | undefined {
  const isVolatile = candidates(parts, names).some(
    (key) => names.callables.operators.get(key) === 'volatile',
  );
  return isVolatile
    ? `The operator ${parts.join('.')} calls a function that is declared VOLATILE, so it may change something.`
    : undefined;
}

function judgeType(parts: readonly string[], names: GuardNames): string | undefined {
  const found = firstReason(candidates(parts, names), (key) =>
    firstReason(names.callables.castingReaches.get(key) ?? [], (reach) => reachedDeed(reach, names)),
  );
  return found === undefined ? undefined : `A cast to ${parts.join('.')} ${found}.`;
}

function judgeRelation(fields: AstNode['fields'], names: GuardNames): string | undefined {
  const parts = [fields['schemaname'], fields['relname']].filter((part) => typeof part === 'string');
  const keys = candidates(parts, names);
  const shown = parts.join('.');
  if (keys.some((key) => deniedRelations.has(key))) return `Reading ${shown} reaches files of the server.`;
  const found = firstReason(keys, (key) =>
    firstReason(names.callables.readingReaches.get(key) ?? [], (reach) => reachedDeed(reach, names)),
  );
  return found === undefined ? undefined : `Reading ${shown} ${found}.`;
}

/** What a view or type does by what it reaches, when that is not let through. */
function reachedDeed({ kind, name, through }: Reach, { callables }: GuardNames): string | undefined {
  const way = through.length === 0 ? '' : `, through ${through.join(' and ')},`;
  if (kind === 'program') return `runs a program on the server${way.replace(/,$/, '')}: ${name}`;
  const deed = deedOfKey(name, callables);
  return deed === undefined ? undefined : `calls${way} the function ${name}, which ${deed}`;
}

/** Why a function of this `schema.name` is not let through, as the rest of a sentence. */
function deedOfKey(key: string, callables: Callables): string | undefined {
  const name = key.slice(key.lastIndexOf('.') + 1);
  const denied = deniedDeed(name) ?? firstReason(callables.symbols.get(key) ?? [], deniedDeed);
  if (denied !== undefined) return denied;
  if (callables.functions.get(key) !== 'volatile') return undefined;
  const maker = callables.makers.get(key);
  if (maker !== undefined && harmlessVolatile[maker]?.test(name) === true) return undefined;
  return maker === undefined
    ? 'is declared VOLATILE, so it may change something; if it only reads, its owner can declare it STABLE'
    : 'is declared VOLATILE, so it may change something';
}

/** Every `schema.name` that a name may mean: overloads are chosen by argument types, so all on the search path count. */
function candidates(parts: readonly string[], { searchPath }: GuardNames): string[] {
  const name = parts.at(-1) ?? '';
  const schema = parts.at(-2);
  if (schema !== undefined) return [qualified(schema, name)];
  const keys = searchPath.map((each) => qualified(each, name));
  return searchPath.includes('pg_catalog') ? keys : [qualified('pg_catalog', name), ...keys];
}

function firstReason<Item>(
  items: readonly Item[],
  judge: (item: Item) => string | undefined,
): string | undefined {
  for (const item of items) {
    const reason = judge(item);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
