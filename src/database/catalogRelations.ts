/** The parts of a catalog that make up relations: their names, columns, keys, indexes, triggers and policies. */
import { groupPart, listPart, ofUser, type CatalogPart, type EachRow } from './catalogPart.ts';
import { code, flag, interner, names, number, numbers, optional, text, type Cells } from './catalogRows.ts';
import type { Column, RelationKind } from './catalog.ts';
import type { PolicyCommand } from './catalogObjects.ts';

const relationKinds: Readonly<Record<string, RelationKind | 'composite'>> = {
  r: 'table',
  p: 'partitioned',
  v: 'view',
  m: 'materialized-view',
  f: 'foreign-table',
  c: 'composite',
};

/** A relation as it stands in pg_class. */
export const relationsPart = {
  ...listPart(
    'relations',
    ['session', 'namespaces', 'relations', 'statistics'],
    `SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples::bigint, c.relpages, c.relispartition, c.relrowsecurity
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND ${ofUser}
      ORDER BY n.nspname, c.relname`,
    (cells) => ({
      oid: number(cells, 0),
      schema: text(cells, 1),
      name: text(cells, 2),
      kind: code(cells, 3, relationKinds),
      tuples: number(cells, 4),
      pages: number(cells, 5),
      isPartition: flag(cells, 6),
      rowSecurity: flag(cells, 7),
    }),
  ),
  essential: true,
};

/** The columns of one relation, and their numbers, by which keys and indexes know them. */
export interface NumberedColumns {
  readonly numbers: readonly number[];
  readonly columns: readonly Column[];
}

const identities = { '': undefined, a: 'always', d: 'by-default' } as const;
const generations = { '': undefined, s: 'stored', v: 'virtual' } as const;

const columnsSql = `
  SELECT a.attrelid, a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
         a.attgenerated, pg_catalog.pg_get_expr(d.adbin, d.adrelid), k.collname
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_catalog.pg_collation k ON k.oid = a.attcollation AND a.attcollation <> t.typcollation
   WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND ${ofUser}
   ORDER BY a.attrelid, a.attnum`;

export const columnsPart: CatalogPart<ReadonlyMap<number, NumberedColumns>> = {
  label: 'columns',
  essential: true,
  sources: [
    'session',
    'namespaces',
    'columns',
    'defaults',
    'sequenceNames',
    'mentionedTypes',
    'mentionedFunctions',
    'mentionedCollations',
  ],
  read: readColumns,
  empty: new Map(),
};

async function readColumns(eachRow: EachRow): Promise<Map<number, NumberedColumns>> {
  const byRelation = new Map<number, { numbers: number[]; columns: Column[] }>();
  const once = interner();
  await eachRow(columnsSql, (cells) => {
    const oid = number(cells, 0);
    let group = byRelation.get(oid);
    if (group === undefined) byRelation.set(oid, (group = { numbers: [], columns: [] }));
    group.numbers.push(number(cells, 1));
    group.columns.push({
      name: once(text(cells, 2)),
      type: once(text(cells, 3)),
      nullable: !flag(cells, 4),
      primaryKey: false,
      default: once(optional(cells, 7)),
      comment: undefined,
      identity: codeOrNone(cells, 5, identities),
      generated: codeOrNone(cells, 6, generations),
      collation: once(optional(cells, 8)),
    });
  });
  return byRelation;
}

/** A code whose empty letter stands for none; a letter of a later Postgres does as well. */
function codeOrNone<Value>(
  cells: Cells,
  at: number,
  meanings: Readonly<Record<string, Value>>,
): Value | undefined {
  return meanings[text(cells, at)];
}

const constraintKinds = { p: 'primary', u: 'unique', f: 'foreign', c: 'check', x: 'check' } as const;

/** Constraints of relations and, with a relation of 0, of domains. */
export const constraintsPart = groupPart(
  'keys and checks',
  ['session', 'namespaces', 'constraints', 'columns', 'mentionedFunctions', 'mentionedTypes'],
  `SELECT k.conrelid, k.oid, k.contypid, k.conname, k.contype, k.conkey, k.confrelid, k.confkey, k.conparentid,
          CASE WHEN k.contype IN ('c', 'x') THEN pg_catalog.pg_get_constraintdef(k.oid) END
     FROM pg_catalog.pg_constraint k LEFT JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND c.relpersistence IS DISTINCT FROM 't'
    ORDER BY k.conrelid, k.contypid, k.conname`,
  (cells) => ({
    oid: number(cells, 1),
    domain: number(cells, 2),
    name: text(cells, 3),
    kind: code(cells, 4, constraintKinds),
    columns: numbers(cells, 5),
    foreignRelation: number(cells, 6),
    foreignColumns: numbers(cells, 7),
    parent: number(cells, 8),
    definition: optional(cells, 9) ?? '',
  }),
);

export const indexesPart = groupPart(
  'indexes',
  [
    'session',
    'namespaces',
    'indexes',
    'relations',
    'statistics',
    'columns',
    'mentionedFunctions',
    'mentionedTypes',
  ],
  `SELECT i.indrelid, i.indexrelid, c.relname, m.amname, i.indisunique, i.indisprimary, i.indnkeyatts, i.indkey, c.relpages,
          CASE WHEN i.indexprs IS NOT NULL OR i.indpred IS NOT NULL THEN pg_catalog.pg_get_indexdef(i.indexrelid) END
     FROM pg_catalog.pg_index i
     JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_am m ON m.oid = c.relam
    WHERE ${ofUser}
    ORDER BY i.indrelid, c.relname`,
  (cells) => ({
    oid: number(cells, 1),
    name: text(cells, 2),
    method: text(cells, 3),
    unique: flag(cells, 4),
    primary: flag(cells, 5),
    keyLength: number(cells, 6),
    columns: numbers(cells, 7),
    pages: number(cells, 8),
    definition: optional(cells, 9),
  }),
);

/** The parents of a relation: of a partition the one that it is a part of. */
export const inheritancePart = groupPart(
  'inheritance',
  ['inheritance'],
  `SELECT i.inhrelid, i.inhparent FROM pg_catalog.pg_inherits i ORDER BY i.inhrelid, i.inhseqno`,
  (cells) => number(cells, 1),
);

export const partitionsPart = groupPart(
  'bounds of partitions',
  ['session', 'namespaces', 'relations', 'columns', 'mentionedFunctions', 'mentionedTypes'],
  `SELECT c.oid, CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
          pg_catalog.pg_get_expr(c.relpartbound, c.oid)
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE (c.relkind = 'p' OR c.relispartition) AND c.relkind IN ('r', 'p', 'f') AND ${ofUser}
    ORDER BY c.oid`,
  (cells) => ({ key: optional(cells, 1), bound: optional(cells, 2) }),
);

export const foreignTablesPart = groupPart(
  'servers of foreign tables',
  ['foreignTables', 'foreignServers'],
  `SELECT f.ftrelid, s.srvname
     FROM pg_catalog.pg_foreign_table f JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver ORDER BY f.ftrelid`,
  (cells) => text(cells, 1),
);

export const triggersPart = groupPart(
  'triggers',
  ['session', 'namespaces', 'triggers', 'relations', 'columns', 'mentionedFunctions', 'mentionedTypes'],
  `SELECT t.tgrelid, t.oid, t.tgname, pg_catalog.pg_get_triggerdef(t.oid, true), t.tgenabled <> 'D'
     FROM pg_catalog.pg_trigger t WHERE NOT t.tgisinternal ORDER BY t.tgrelid, t.tgname`,
  (cells) => ({
    oid: number(cells, 1),
    name: text(cells, 2),
    definition: text(cells, 3),
    enabled: flag(cells, 4),
  }),
);

const policyCommands: Readonly<Record<string, PolicyCommand>> = {
  '*': 'all',
  r: 'select',
  a: 'insert',
  w: 'update',
  d: 'delete',
};

export const policiesPart = groupPart(
  'policies',
  [
    'session',
    'namespaces',
    'policies',
    'relations',
    'columns',
    'mentionedFunctions',
    'mentionedTypes',
    'roles',
  ],
  `SELECT p.polrelid, p.oid, p.polname, p.polpermissive, p.polcmd,
          (SELECT pg_catalog.json_agg(CASE WHEN r.oid = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(r.oid) END)
             FROM pg_catalog.unnest(p.polroles) AS r (oid)),
          pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
     FROM pg_catalog.pg_policy p ORDER BY p.polrelid, p.polname`,
  (cells) => ({
    oid: number(cells, 1),
    name: text(cells, 2),
    permissive: flag(cells, 3),
    command: code(cells, 4, policyCommands),
    roles: names(cells, 5),
    using: optional(cells, 6),
    check: optional(cells, 7),
  }),
);
