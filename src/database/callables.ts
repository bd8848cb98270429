/** What a name in a statement can run, as plain values: the guard's view of one server. */
import * as queries from './callableQueries.ts';
import { qualified, type Volatility } from './catalog.ts';
import type { CatalogQuery } from './catalogQueries.ts';

/** What reading a relation or casting to a type leads to at last, and through which objects. */
export interface Reach {
  readonly kind: 'function' | 'program';
  /** `schema.name` of the function, or the command line. */
  readonly name: string;
  /** Views and types on the way, as `schema.name`; empty when it is called directly. */
  readonly through: readonly string[];
}

/** Every map is by `schema.name`; overloads share an entry, in which the worst counts. */
export interface Callables {
  /** The worst volatility under each name. */
  readonly functions: ReadonlyMap<string, Volatility>;
  /** Who made all volatile functions of a name: `postgres` or an extension's name; absent when it was somebody else. */
  readonly makers: ReadonlyMap<string, string>;
  /** Functions, not immutable, that a single argument is enough to call: `(x).name` calls them. */
  readonly attributes: ReadonlySet<string>;
  /** Compiled functions that were given another name here, by the name that C has for them. */
  readonly symbols: ReadonlyMap<string, readonly string[]>;
  /** Operators that did not come with Postgres, with the volatility of the function behind them. */
  readonly operators: ReadonlyMap<string, Volatility>;
  /** Types whose name, written as a function, is a cast. */
  readonly castableTypes: ReadonlySet<string>;
  /** Views and tables that call more than immutable functions when they are read. */
  readonly readingReaches: ReadonlyMap<string, readonly Reach[]>;
  /** Types that call more than immutable functions when something is cast to them. */
  readonly castingReaches: ReadonlyMap<string, readonly Reach[]>;
}

/** A server of which nothing is known: the guard refuses every function. */
export const noCallables: Callables = {
  functions: new Map(),
  makers: new Map(),
  attributes: new Set(),
  symbols: new Map(),
  operators: new Map(),
  castableTypes: new Set(),
  readingReaches: new Map(),
  castingReaches: new Map(),
};

/** Runs one query of the catalog and gives its rows. */
export type CatalogReader = <Row>(query: CatalogQuery<Row>) => Promise<Row[]>;

/** Reads what the guard must know, in four queries. */
export async function readCallables(read: CatalogReader): Promise<Callables> {
  const functions = (await read(queries.functionsQuery)).map(
    ([schema, name, volatility, maker, isAttribute, symbols]) => ({
      key: qualified(schema, name),
      volatility,
      maker,
      isAttribute,
      symbols,
    }),
  );
  const operators = await read(queries.operatorsQuery);
  const castable = await read(queries.castableTypesQuery);
  const edges = (await read(queries.edgesQuery)).map(
    ([fromKind, fromSchema, fromName, toKind, toSchema, toName]): Edge => ({
      from: { kind: fromKind, name: qualified(fromSchema, fromName) },
      to: { kind: toKind, name: toKind === 'program' ? toName : qualified(toSchema, toName) },
    }),
  );
  const reaches = reachesOf(edges);
  return {
    functions: new Map(functions.map(({ key, volatility }) => [key, volatility])),
    makers: new Map(functions.flatMap(({ key, maker }) => (maker === undefined ? [] : [[key, maker]]))),
    attributes: new Set(functions.filter(({ isAttribute }) => isAttribute).map(({ key }) => key)),
    symbols: new Map(functions.flatMap(({ key, symbols }) => (symbols.length === 0 ? [] : [[key, symbols]]))),
    operators: new Map(operators.map(([schema, name, volatility]) => [qualified(schema, name), volatility])),
    castableTypes: new Set(castable.map(([schema, name]) => qualified(schema, name))),
    readingReaches: reaches('relation'),
    castingReaches: reaches('type'),
  };
}

interface End {
  readonly kind: 'relation' | 'type' | 'function' | 'program';
  readonly name: string;
}

interface Edge {
  readonly from: End;
  readonly to: End;
}

/** Follows the edges from every relation or type to the functions and programs at their ends. */
function reachesOf(edges: readonly Edge[]): (kind: 'relation' | 'type') => Map<string, Reach[]> {
  const outgoing = new Map<string, End[]>();
  for (const { from, to } of edges) {
    const key = endKey(from);
    const known = outgoing.get(key);
    if (known === undefined) outgoing.set(key, [to]);
    else known.push(to);
  }
  return (kind) => {
    const reaches = new Map<string, Reach[]>();
    for (const name of new Set(edges.filter(({ from }) => from.kind === kind).map(({ from }) => from.name))) {
      const found = reachesFrom({ kind, name }, outgoing);
      if (found.length > 0) reaches.set(name, found);
    }
    return reaches;
  };
}

function reachesFrom(start: End, outgoing: ReadonlyMap<string, readonly End[]>): Reach[] {
  const reaches: Reach[] = [];
  const seen = new Set([endKey(start)]);
  const pending: { end: End; through: readonly string[] }[] = [{ end: start, through: [] }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const end of outgoing.get(endKey(next.end)) ?? []) {
      if (seen.has(endKey(end))) continue;
      seen.add(endKey(end));
      if (end.kind === 'function' || end.kind === 'program') {
        reaches.push({ kind: end.kind, name: end.name, through: next.through });
      } else pending.push({ end, through: [...next.through, end.name] });
    }
  }
  return reaches;
}

function endKey({ kind, name }: End): string {
  return `${kind} ${name}`;
}
