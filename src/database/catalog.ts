/** The schema of a database as plain values, with lookup by the rules that Postgres has for names. */

export type RelationKind = 'table' | 'partitioned' | 'view' | 'materialized-view' | 'foreign-table';

export interface Column {
  readonly name: string;
  /** As `format_type` prints it. */
  readonly type: string;
  readonly nullable: boolean;
  readonly primaryKey: boolean;
  readonly default: string | undefined;
  readonly comment: string | undefined;
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly toSchema: string;
  readonly toTable: string;
  readonly toColumns: readonly string[];
}

export interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly kind: RelationKind;
  readonly comment: string | undefined;
  /** The planner's estimate; undefined where the table was never analysed. */
  readonly rowEstimate: number | undefined;
  /** `schema.name` of the partitioned table that this one is a part of. */
  readonly partitionOf: string | undefined;
  readonly columns: readonly Column[];
  readonly foreignKeys: readonly ForeignKey[];
}

export type Volatility = 'immutable' | 'stable' | 'volatile';
export type RoutineKind = 'function' | 'procedure' | 'aggregate' | 'window';

export interface Routine {
  readonly schema: string;
  readonly name: string;
  readonly kind: RoutineKind;
  /** Arguments as `pg_get_function_identity_arguments` prints them. */
  readonly arguments: string;
  readonly result: string;
  readonly volatility: Volatility;
  readonly comment: string | undefined;
}

export interface EnumType {
  readonly schema: string;
  readonly name: string;
  readonly values: readonly string[];
}

/** Everything that a name in a statement may mean, read in one go. */
export interface Catalog {
  readonly database: string;
  /** The server's version as a number, as `server_version_num` has it: 180004. */
  readonly serverVersion: number;
  /** Schemas that unqualified names are looked up in, in order, `pg_catalog` included where it implicitly stands. */
  readonly searchPath: readonly string[];
  readonly schemas: readonly { readonly name: string; readonly comment: string | undefined }[];
  /** The user's relations; those of `pg_catalog` and `information_schema` are in `systemRelations`. */
  readonly relations: readonly Relation[];
  /** The user's functions and those of installed extensions. */
  readonly routines: readonly Routine[];
  readonly enums: readonly EnumType[];
  /** What the guard needs of every callable name of the server, built-in ones included. */
  readonly callables: Callables;
  /** Views and tables of `pg_catalog` and `information_schema`, with their columns' names. */
  readonly systemRelations: ReadonlyMap<string, readonly string[]>;
}

/** The worst volatility under each name: `schema.name` → volatility. */
export interface Callables {
  readonly functions: ReadonlyMap<string, Volatility>;
  /** Operators that the user defined, by `schema.symbol`, with the volatility of the function behind them. */
  readonly operators: ReadonlyMap<string, Volatility>;
  /** Types whose input or casts run a volatile function of the user's, by `schema.name`. */
  readonly volatileTypes: ReadonlySet<string>;
}

/** `schema.name`, the key of every map here. Not SQL: names are not quoted. */
export function qualified(schema: string, name: string): string {
  return `${schema}.${name}`;
}

/** Finds a relation by name; without a schema, the first on the search path, as Postgres does. */
export function findRelation(
  catalog: Catalog,
  schema: string | undefined,
  name: string,
): Relation | undefined {
  const named = catalog.relations.filter((relation) => relation.name === name);
  if (schema !== undefined) return named.find((relation) => relation.schema === schema);
  for (const visible of catalog.searchPath) {
    const found = named.find((relation) => relation.schema === visible);
    if (found !== undefined) return found;
  }
  return undefined;
}
