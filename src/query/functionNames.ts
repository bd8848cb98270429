/** Names of functions in a statement: whether the server has such a one, and which was meant where it has not. */
import { nameParts } from '../database/astNodes.ts';
import { qualified } from '../database/catalog.ts';
import { deniedDeed } from '../database/guardFunctions.ts';
import type { Ast } from './columnNames.ts';
import { list } from './columnNames.ts';
import type { NameIndex } from './ground.ts';
import { nearNames } from './nearNames.ts';
import { meantInPostgres } from './otherDialects.ts';
import { usualFunctions } from './usualFunctions.ts';

/** What the grammar puts in for a construct is no name that somebody wrote. */
const byGrammar = 'COERCE_SQL_SYNTAX';

export interface UnknownFunction {
  /** As the statement writes it. */
  readonly name: string;
  /** Likeliest first, at most three. */
  readonly candidates: readonly string[];
}

/**
 * The function of a call that the server does not have; undefined where it has one of that name, whatever its arguments, and
 * where that cannot be known.
 * @param isColumn whether a name may be that of a column: `name(t)` reads the column `name` of the row t
 */
export function unknownFunction(
  call: Ast,
  names: NameIndex,
  isColumn: (name: string) => boolean,
): UnknownFunction | undefined {
  const { catalog } = names;
  const { functions, castableTypes } = catalog.callables;
  const parts = nameParts(call['funcname']);
  const [name = '', schema] = [...parts].reverse();
  // What the guard refuses by its name alone is better told by the guard.
  if (functions.size === 0 || call['funcformat'] === byGrammar || deniedDeed(name) !== undefined)
    return undefined;
  const schemas = schema === undefined ? ['pg_catalog', ...catalog.searchPath] : [schema];
  const keys = schemas.map((each) => qualified(each, name));
  if (keys.some((key) => functions.has(key) || castableTypes.has(key))) return undefined;
  if (schema === undefined && list(call['args']).length === 1 && isColumn(name)) return undefined;
  return { name: parts.join('.'), candidates: meantBy(name, schemas, names) };
}

/** The very name in another schema is likeliest, then what other databases call so, then what is spelt nearly so. */
function meantBy(name: string, schemas: readonly string[], { catalog, lookup }: NameIndex): string[] {
  const { functions } = catalog.callables;
  const elsewhere = (lookup.routinesNamed.get(name) ?? []).map((each) => qualified(each.schema, each.name));
  const inPostgres = meantInPostgres(name).filter(
    (each) => constructs.has(each) || functions.has(`pg_catalog.${each}`),
  );
  const own = schemas
    .flatMap((schema) => lookup.routinesIn.get(schema) ?? [])
    .filter(({ kind }) => kind !== 'procedure')
    .map((routine) => routine.name);
  const builtIn = [...usualFunctions].filter((each) => functions.has(`pg_catalog.${each}`));
  const near = [...nearNames(name, own), ...nearNames(name, builtIn)].filter(
    (each) => deniedDeed(each) === undefined,
  );
  return [...new Set([...elsewhere, ...inPostgres, ...near])].slice(0, 3);
}

/** Constructs that look like functions and stand in no catalog. */
const constructs: ReadonlySet<string> = new Set([
  ...['coalesce', 'nullif', 'case', 'cast', 'extract', 'position', 'current_date', 'current_timestamp'],
]);
