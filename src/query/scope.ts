/** What names mean inside one SELECT: the sources of its FROM and their columns. */

/** One thing in FROM. `columns` is undefined where they cannot be known without the server (a function's result). */
export interface Source {
  /** The name by which columns are qualified. */
  readonly alias: string;
  /** The schema, for sources without an alias that may be written `schema.table.column`. */
  readonly schema: string | undefined;
  readonly columns: readonly string[] | undefined;
  /** Columns that USING or NATURAL merged with those of an earlier source: without the alias they are that one's. */
  readonly merged?: ReadonlySet<string> | undefined;
  /** The output columns of the SELECT itself, which ORDER BY may name. */
  readonly isOutput?: boolean;
}

/** The scopes around an expression, innermost first. */
export type Scopes = readonly (readonly Source[])[];

/** The columns of a statement's result; undefined where they cannot be known. */
export type Output = readonly string[] | undefined;

/** Columns that every table has without declaring them. */
const systemColumns = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);

export type Resolution =
  | { readonly found: true }
  | {
      readonly found: false;
      /** `choice`: several sources have it. */
      readonly missing: 'qualifier' | 'column' | 'choice';
      readonly near: readonly string[];
    };

const found: Resolution = { found: true };

/** Looks a column reference up as Postgres does: innermost scope first, any source of a scope. */
export function resolveColumn(parts: readonly string[], scopes: Scopes): Resolution {
  // The last is the column; before it stand table, schema and database, as far as they are written.
  const [column, qualifier, schema] = [...parts].reverse();
  if (column === undefined) return found;
  if (qualifier === undefined) return resolveBare(column, scopes);
  const source = scopes.flat().find((each) => each.alias === qualifier && sameSchema(each, schema));
  if (source === undefined) {
    return { found: false, missing: 'qualifier', near: scopes.flat().map((each) => each.alias) };
  }
  return has(source, column) ? found : { found: false, missing: 'column', near: source.columns ?? [] };
}

function sameSchema(source: Source, schema: string | undefined): boolean {
  return schema === undefined || source.schema === undefined || source.schema === schema;
}

function resolveBare(name: string, scopes: Scopes): Resolution {
  for (const scope of scopes) {
    const choices = choicesOf(name, scope);
    if (choices.length > 1) return { found: false, missing: 'choice', near: choices };
    // A source's own name stands for its whole row.
    if (scope.some((source) => has(source, name) || source.alias === name)) return found;
  }
  return { found: false, missing: 'column', near: scopes.flat().flatMap((source) => source.columns ?? []) };
}

/** The columns that a bare name could be, where all columns are known and no output column takes the name. */
function choicesOf(name: string, scope: readonly Source[]): string[] {
  const holders = scope.filter(
    ({ columns, merged }) => columns?.includes(name) === true && merged?.has(name) !== true,
  );
  const isPlain = scope.every(({ columns }) => columns !== undefined);
  if (!isPlain || holders.length < 2 || holders.some(({ isOutput }) => isOutput)) return [];
  const isShared = (alias: string): boolean => holders.filter((each) => each.alias === alias).length > 1;
  return holders.map(({ alias, schema }) =>
    [...(schema !== undefined && isShared(alias) ? [schema] : []), alias, name].join('.'),
  );
}

/** A source on the right of a join, with what the join merges of it; nothing where the columns of one side are not known. */
export function joinedTo(
  left: readonly Source[],
  source: Source,
  join: { readonly using: readonly string[]; readonly natural: boolean },
): Source {
  const common = join.natural
    ? (source.columns ?? []).filter((column) => left.some(({ columns }) => columns?.includes(column)))
    : join.using;
  return common.length === 0 ? source : { ...source, merged: new Set([...(source.merged ?? []), ...common]) };
}

function has(source: Source, column: string): boolean {
  return source.columns === undefined || source.columns.includes(column) || systemColumns.has(column);
}

/** What `*` or `alias.*` gives. */
export function starColumns(qualifier: string | undefined, sources: readonly Source[]): Output {
  const chosen = qualifier === undefined ? sources : sources.filter((source) => source.alias === qualifier);
  const columns: string[] = [];
  for (const source of chosen) {
    if (source.columns === undefined) return undefined;
    columns.push(...source.columns);
  }
  return columns;
}

/** Columns under the names of an alias list: `AS t (a, b)` renames the first two and keeps the rest. */
export function renamed(columns: Output, names: readonly string[]): Output {
  if (columns === undefined) return undefined;
  // USING and NATURAL merge columns and put them first: which are renamed cannot be told by counting, so all stay.
  if (new Set(columns).size < columns.length && names.length < columns.length) return [...names, ...columns];
  return columns.map((column, index) => names[index] ?? column);
}
