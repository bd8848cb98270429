/** Grounding: every table, column and function of a statement is looked up in the catalog before the database is asked. */
import type { Catalog, Relation } from '../database/catalog.ts';
import { qualified } from '../database/catalog.ts';
import { catalogLookup, type CatalogLookup } from '../database/catalogLookup.ts';
import type { SqlParser } from '../database/parse.ts';
import { bytesToUtf16 } from '../database/textPositions.ts';
import { figuredName, list, stringOf, unwrap, type Ast } from './columnNames.ts';
import { columnsElsewhere } from './columnsElsewhere.ts';
import { unknownFunction } from './functionNames.ts';
import { nearNames } from './nearNames.ts';
import {
  joinedTo,
  renamed,
  resolveColumn,
  starColumns,
  type Output,
  type Scopes,
  type Source,
} from './scope.ts';

/** A name that the catalog does not have, or that could mean several things of it. */
export interface Finding {
  /** The name as the statement writes it. */
  readonly name: string;
  readonly what: 'table' | 'column' | 'alias' | 'function' | 'ambiguous column';
  /** UTF-16 offset in the statement. */
  readonly position: number;
  /** Names that exist and are near, best first; of an ambiguous column all that it could be. */
  readonly candidates: readonly string[];
  /** All names that would be known at this place. */
  readonly among?: readonly string[];
}

export interface Grounding {
  /** `schema.name` of every relation of the catalog that is read, in the order of their first mention. */
  readonly tables: readonly string[];
  readonly findings: readonly Finding[];
}

/** The catalog and its relations by name. */
export interface NameIndex {
  readonly catalog: Catalog;
  readonly lookup: CatalogLookup;
}

export function indexNames(catalog: Catalog): NameIndex {
  return { catalog, lookup: catalogLookup(catalog) };
}

/**
 * Resolves the names of one SELECT. What cannot be known without the server (columns of a function's result) counts as known,
 * so that a finding is always true.
 * @returns no findings for a text that does not parse: the guard tells of that
 */
export function ground(parser: SqlParser, names: NameIndex, sql: string): Grounding {
  const outcome = parser.parse(sql);
  const walk = new Walk(names, sql);
  if (outcome.ok) {
    for (const statement of outcome.statements) {
      const { type, fields } = unwrap(statement.node);
      const query = type === 'ExplainStmt' ? unwrap(fields['query']).fields : fields;
      if (type === 'SelectStmt' || type === 'ExplainStmt') walk.select(query, [], new Map());
    }
  }
  return { tables: [...walk.tables], findings: walk.findings };
}

/** Common table expressions in sight, by name. */
type Ctes = ReadonlyMap<string, Output>;

/** One statement's walk: collects tables and findings. */
class Walk {
  readonly tables = new Set<string>();
  readonly findings: Finding[] = [];
  readonly #names: NameIndex;
  readonly #sql: string;

  constructor(names: NameIndex, sql: string) {
    this.#names = names;
    this.#sql = sql;
  }

  /** Walks a SELECT, VALUES or set operation and tells its output columns. */
  select(query: Ast, outer: Scopes, outerCtes: Ctes): Output {
    const ctes = this.#withClause(query['withClause'] as Ast | undefined, outer, outerCtes);
    if (query['op'] !== 'SETOP_NONE' && query['larg'] !== undefined) {
      const output = this.select(query['larg'] as Ast, outer, ctes);
      this.select((query['rarg'] ?? {}) as Ast, outer, ctes);
      return output; // ORDER BY of a set operation sees output names only; the server checks those
    }
    const sources: Source[] = [];
    for (const item of list(query['fromClause']))
      sources.push(...this.#from(item, [sources, ...outer], ctes));
    const scopes: Scopes = [sources, ...outer];
    const values = query['valuesLists'];
    const output =
      values === undefined ? this.#targets(list(query['targetList']), sources) : valuesOutput(values);
    for (const part of [
      'targetList',
      'whereClause',
      'havingClause',
      'valuesLists',
      'limitCount',
      'limitOffset',
    ]) {
      this.#expression(query[part], scopes, ctes);
    }
    // These may name output columns as well as input columns.
    const outputSource: Source = { alias: '', schema: undefined, columns: output, isOutput: true };
    for (const part of ['groupClause', 'sortClause', 'distinctClause', 'windowClause']) {
      this.#expression(query[part], [[...sources, outputSource], ...outer], ctes);
    }
    return output;
  }

  #withClause(clause: Ast | undefined, outer: Scopes, outerCtes: Ctes): Ctes {
    if (clause === undefined) return outerCtes;
    const ctes = new Map(outerCtes);
    if (clause['recursive'] === true) {
      // Each may name itself and those that are written after it, whose columns are not known yet.
      for (const item of list(clause['ctes'])) ctes.set(cteName(item), undefined);
    }
    for (const item of list(clause['ctes'])) {
      const cte = unwrap(item).fields;
      const aliases = list(cte['aliascolnames']).flatMap((node) => stringOf(node) ?? []);
      const extra = extraCteColumns(cte);
      const output = this.select(unwrap(cte['ctequery']).fields, outer, ctes);
      const columns = renamed(output, aliases);
      ctes.set(cteName(item), columns === undefined ? undefined : [...columns, ...extra]);
    }
    return ctes;
  }

  /** The sources that one item of FROM brings in. `scopes[0]` holds its earlier neighbours, for LATERAL. */
  #from(item: unknown, scopes: Scopes, ctes: Ctes): Source[] {
    const { type, fields } = unwrap(item);
    const alias = fields['alias'] as Ast | undefined;
    const aliasName = typeof alias?.['aliasname'] === 'string' ? alias['aliasname'] : undefined;
    const columnAliases = list(alias?.['colnames']).flatMap((node) => stringOf(node) ?? []);
    switch (type) {
      case 'RangeVar':
        return [this.#relation(fields, aliasName, columnAliases, ctes)];
      case 'RangeSubselect': {
        const visible = fields['lateral'] === true ? scopes : scopes.slice(1);
        const output = this.select(unwrap(fields['subquery']).fields, visible, ctes);
        return [{ alias: aliasName ?? '', schema: undefined, columns: renamed(output, columnAliases) }];
      }
      case 'JoinExpr':
        return this.#join(fields, aliasName, columnAliases, scopes, ctes);
      case 'RangeTableSample':
        return this.#from(fields['relation'], scopes, ctes);
      default: // functions, XMLTABLE, JSON_TABLE: their columns are the server's to know
        this.#expression(fields, scopes, ctes);
        return [{ alias: aliasName ?? functionName(fields), schema: undefined, columns: undefined }];
    }
  }

  #join(
    fields: Ast,
    aliasName: string | undefined,
    columnAliases: readonly string[],
    scopes: Scopes,
    ctes: Ctes,
  ): Source[] {
    const [siblings, ...outer] = scopes;
    const left = this.#from(fields['larg'], scopes, ctes);
    const right = this.#from(fields['rarg'], [[...(siblings ?? []), ...left], ...outer], ctes);
    const join = { using: usingColumns(fields), natural: fields['isNatural'] === true };
    const both = [...left, ...right.map((source) => joinedTo(left, source, join)), ...mergedAlias(fields)];
    this.#expression(fields['quals'], [both, ...outer], ctes);
    if (aliasName === undefined) return both;
    return [
      { alias: aliasName, schema: undefined, columns: renamed(starColumns(undefined, both), columnAliases) },
    ];
  }

  #relation(
    fields: Ast,
    aliasName: string | undefined,
    columnAliases: readonly string[],
    ctes: Ctes,
  ): Source {
    const name = typeof fields['relname'] === 'string' ? fields['relname'] : '';
    const schema = typeof fields['schemaname'] === 'string' ? fields['schemaname'] : undefined;
    if (schema === undefined && ctes.has(name)) {
      return { alias: aliasName ?? name, schema: undefined, columns: renamed(ctes.get(name), columnAliases) };
    }
    const relation = this.#names.lookup.relation(schema, name);
    if (relation !== undefined) {
      this.tables.add(qualified(relation.schema, relation.name));
      const columns = relation.columns.map((column) => column.name);
      const own = aliasName === undefined ? relation.schema : undefined;
      return { alias: aliasName ?? name, schema: own, columns: renamed(columns, columnAliases) };
    }
    const system = this.#system(schema, name);
    if (system === undefined) this.#unknownTable(schema, name, fields, ctes);
    return { alias: aliasName ?? name, schema, columns: renamed(system, columnAliases) };
  }

  /** The columns of a table of `pg_catalog` or `information_schema`. */
  #system(schema: string | undefined, name: string): readonly string[] | undefined {
    const { searchPath, systemRelations } = this.#names.catalog;
    const schemas = schema === undefined ? ['pg_catalog', ...searchPath] : [schema];
    return schemas
      .map((each) => systemRelations.get(qualified(each, name)))
      .find((columns) => columns !== undefined);
  }

  #unknownTable(schema: string | undefined, name: string, fields: Ast, ctes: Ctes): void {
    const { catalog, lookup } = this.#names;
    const byName = lookup.relationsNamed;
    const schemas = schema === undefined ? catalog.searchPath : [schema];
    const inSight = (relation: Relation): boolean => schemas.includes(relation.schema);
    const named = (names: readonly string[]): Relation[] => names.flatMap((each) => byName.get(each) ?? []);
    const local = schema === undefined ? [...ctes.keys()] : [];
    const visible = schemas
      .flatMap((each) => lookup.relationsIn.get(each) ?? [])
      .map((relation) => relation.name);
    // The very name in another schema is likeliest, then what is near in the schemas meant, then what is near elsewhere.
    const near = nearNames(name, [...local, ...visible]).flatMap((each) => [
      ...local.filter((cte) => cte === each),
      ...named([each]).filter(inSight).map(fullName),
    ]);
    const elsewhere = named(nearNames(name, byName.keys())).map(fullName);
    const candidates = [...new Set([...named([name]).map(fullName), ...near, ...elsewhere])].slice(0, 3);
    const among = [
      ...local,
      ...schemas.flatMap((each) => (lookup.relationsIn.get(each) ?? []).map(fullName)),
    ];
    this.#report(schema === undefined ? name : qualified(schema, name), 'table', fields, candidates, among);
  }

  #targets(targets: readonly unknown[], sources: readonly Source[]): Output {
    const output: string[] = [];
    for (const target of targets) {
      const fields = unwrap(target).fields;
      const star = starOf(fields['val']);
      if (star === undefined) {
        output.push(typeof fields['name'] === 'string' ? fields['name'] : figuredName(fields['val']));
        continue;
      }
      const columns = starColumns(star.qualifier, sources);
      if (columns === undefined) return undefined;
      output.push(...columns);
    }
    return output;
  }

  /** Checks every column in an expression, and walks the queries inside it in their own scope. */
  #expression(node: unknown, scopes: Scopes, ctes: Ctes): void {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) {
      for (const item of node) this.#expression(item, scopes, ctes);
      return;
    }
    for (const [key, value] of Object.entries(node)) {
      if (key === 'ColumnRef') this.#column(value as Ast, scopes);
      else if (key === 'SelectStmt') this.select(value as Ast, scopes, ctes);
      else {
        if (key === 'FuncCall') this.#call(value as Ast, scopes);
        this.#expression(value, scopes, ctes);
      }
    }
  }

  #column(fields: Ast, scopes: Scopes): void {
    const parts = list(fields['fields']);
    const names = parts.flatMap((part) => stringOf(part) ?? []);
    const isStar = names.length < parts.length;
    if (isStar) {
      const qualifier = names.at(-1);
      const known = qualifier === undefined || scopes.flat().some((source) => source.alias === qualifier);
      if (!known) this.#report(qualifier, 'alias', fields, nearNames(qualifier, aliases(scopes)));
      return;
    }
    const resolution = resolveColumn(names, scopes);
    if (resolution.found) return;
    // `t.f` may also call a function of the user's on the row t.
    if (names.length > 1 && this.#names.lookup.routinesNamed.has(names.at(-1) ?? '')) return;
    if (resolution.missing === 'choice') {
      this.#report(names.join('.'), 'ambiguous column', fields, resolution.near);
      return;
    }
    const wanted = (resolution.missing === 'qualifier' ? names.at(-2) : names.at(-1)) ?? '';
    const what = resolution.missing === 'qualifier' ? 'alias' : 'column';
    const near = nearNames(wanted, resolution.near);
    const elsewhere = what === 'column' ? columnsElsewhere(wanted, [...this.tables], this.#names) : [];
    const candidates = [...new Set([...near, ...elsewhere])].slice(0, 3);
    this.#report(names.join('.'), what, fields, candidates, resolution.near);
  }

  #call(fields: Ast, scopes: Scopes): void {
    const found = unknownFunction(fields, this.#names, (name) => resolveColumn([name], scopes).found);
    if (found !== undefined) this.#report(found.name, 'function', fields, found.candidates);
  }

  #report(
    name: string,
    what: Finding['what'],
    fields: Ast,
    candidates: readonly string[],
    among?: readonly string[],
  ): void {
    const byte = fields['location'];
    const position = typeof byte === 'number' && byte >= 0 ? bytesToUtf16(this.#sql, byte) : 0;
    this.findings.push({ name, what, position, candidates, ...(among !== undefined && { among }) });
  }
}

function fullName({ schema, name }: Relation): string {
  return qualified(schema, name);
}

function aliases(scopes: Scopes): string[] {
  return scopes.flat().map((source) => source.alias);
}

/** `*` or `t.*`; undefined for anything else. */
function starOf(value: unknown): { qualifier: string | undefined } | undefined {
  const { type, fields } = unwrap(value);
  if (type !== 'ColumnRef') return undefined;
  const parts = list(fields['fields']);
  if (unwrap(parts.at(-1)).type !== 'A_Star') return undefined;
  return { qualifier: stringOf(parts.at(-2)) };
}

function valuesOutput(lists: unknown): Output {
  const first = unwrap(list(lists)[0]).fields;
  return list(first['items']).map((_, index) => `column${index + 1}`);
}

/** `JOIN … USING (a, b) AS j`: the merged columns under a name of their own. */
function mergedAlias(join: Ast): Source[] {
  const name = (join['join_using_alias'] as Ast | undefined)?.['aliasname'];
  if (typeof name !== 'string') return [];
  const columns = usingColumns(join);
  return [{ alias: name, schema: undefined, columns, merged: new Set(columns) }];
}

function usingColumns(join: Ast): string[] {
  return list(join['usingClause']).flatMap((each) => stringOf(each) ?? []);
}

function cteName(item: unknown): string {
  const { ctename } = unwrap(item).fields;
  return typeof ctename === 'string' ? ctename : '';
}

/** SEARCH and CYCLE add columns to a recursive common table expression. */
function extraCteColumns(cte: Ast): string[] {
  const search = cte['search_clause'] as Ast | undefined;
  const cycle = cte['cycle_clause'] as Ast | undefined;
  const named = [search?.['search_seq_column'], cycle?.['cycle_mark_column'], cycle?.['cycle_path_column']];
  return named.filter((name) => typeof name === 'string');
}

/** The name that an unaliased function in FROM goes by. */
function functionName(fields: Ast): string {
  const call = list(unwrap(list(fields['functions'])[0]).fields['items'])[0];
  return call === undefined ? '' : figuredName(call);
}
