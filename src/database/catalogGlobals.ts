/** The parts of a catalog that are no relations: schemas, comments, functions, types, sequences, extensions, roles. */
import type { RoutineKind, Volatility } from './catalog.ts';
import type { UserTypeKind } from './catalogObjects.ts';
import { listPart, ofUser, type CatalogPart } from './catalogPart.ts';
import { code, flag, names, number, optional, text } from './catalogRows.ts';

export const schemasPart = {
  ...listPart(
    'schemas',
    ['session', 'namespaces'],
    `SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace n WHERE ${ofUser} ORDER BY n.nspname`,
    (cells) => ({ oid: number(cells, 0), name: text(cells, 1) }),
  ),
  essential: true,
};

/** Kinds of objects whose comments are read, as pg_class names their tables. */
export type Commented =
  'pg_class' | 'pg_namespace' | 'pg_type' | 'pg_proc' | 'pg_extension' | 'pg_trigger' | 'pg_policy';

/** By the object's OID: its own comment under 0, those of its columns under their numbers. */
export type Comments = ReadonlyMap<string, ReadonlyMap<number, ReadonlyMap<number, string>>>;

/** pg_description holds thousands of comments on Postgres's own functions and types, which nobody asks for. */
const commentsSql = `
  SELECT c.relname, d.objoid, d.objsubid, d.description
    FROM pg_catalog.pg_description d JOIN pg_catalog.pg_class c ON c.oid = d.classoid
   WHERE c.relnamespace = 'pg_catalog'::pg_catalog.regnamespace AND (c.relname IN ('pg_namespace', 'pg_extension')
      OR c.relname IN ('pg_class', 'pg_type', 'pg_proc', 'pg_trigger', 'pg_policy') AND d.objoid >= 16384)
   ORDER BY 1, 2, 3`;

export const commentsPart: CatalogPart<Comments> = {
  label: 'comments',
  essential: false,
  sources: ['comments'],
  empty: new Map(),
  read: async (eachRow) => {
    const found = new Map<string, Map<number, Map<number, string>>>();
    await eachRow(commentsSql, (cells) => {
      const [kind, oid] = [text(cells, 0), number(cells, 1)];
      let ofKind = found.get(kind);
      if (ofKind === undefined) found.set(kind, (ofKind = new Map<number, Map<number, string>>()));
      let ofObject = ofKind.get(oid);
      if (ofObject === undefined) ofKind.set(oid, (ofObject = new Map<number, string>()));
      ofObject.set(number(cells, 2), text(cells, 3));
    });
    return found;
  },
};

const routineKinds: Readonly<Record<string, RoutineKind>> = {
  f: 'function',
  p: 'procedure',
  a: 'aggregate',
  w: 'window',
};
const volatilities: Readonly<Record<string, Volatility>> = { i: 'immutable', s: 'stable', v: 'volatile' };

export const routinesPart = listPart(
  'functions and procedures',
  ['session', 'namespaces', 'functions', 'mentionedTypes', 'types', 'relations'],
  `SELECT p.oid, n.nspname, p.proname, p.prokind, pg_catalog.pg_get_function_identity_arguments(p.oid),
          COALESCE(pg_catalog.pg_get_function_result(p.oid), ''), p.provolatile, l.lanname
     FROM pg_catalog.pg_proc p
     JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
     LEFT JOIN pg_catalog.pg_language l ON l.oid = p.prolang
    WHERE ${ofUser} ORDER BY 2, 3, 5`,
  (cells) => ({
    oid: number(cells, 0),
    schema: text(cells, 1),
    name: text(cells, 2),
    kind: code(cells, 3, routineKinds),
    arguments: text(cells, 4),
    result: text(cells, 5),
    volatility: code(cells, 6, volatilities),
    language: optional(cells, 7),
  }),
);

export const enumsPart = listPart(
  'enums',
  ['session', 'namespaces', 'types', 'enumValues'],
  `SELECT t.oid, n.nspname, t.typname, pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder)
     FROM pg_catalog.pg_type t
     JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
     JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid
    GROUP BY t.oid, n.nspname, t.typname ORDER BY 2, 3`,
  (cells) => ({
    oid: number(cells, 0),
    schema: text(cells, 1),
    name: text(cells, 2),
    values: names(cells, 3),
  }),
);

const typeKinds: Readonly<Record<string, UserTypeKind>> = {
  d: 'domain',
  c: 'composite',
  r: 'range',
  b: 'base',
};

/** `relation` is the entry in pg_class that holds a composite type's attributes. */
export const typesPart = listPart(
  'types and domains',
  ['session', 'namespaces', 'types', 'relations', 'mentionedTypes', 'mentionedFunctions'],
  `SELECT t.oid, n.nspname, t.typname, t.typtype, t.typrelid, NOT t.typnotnull, t.typdefault,
          CASE t.typtype WHEN 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod)
                         WHEN 'r' THEN pg_catalog.format_type(r.rngsubtype, NULL) END
     FROM pg_catalog.pg_type t
     JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
     LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
     LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
    WHERE (t.typtype IN ('d', 'r') OR t.typtype = 'b' AND t.typcategory <> 'A' OR t.typtype = 'c' AND c.relkind = 'c')
      AND ${ofUser}
    ORDER BY 2, 3`,
  (cells) => ({
    oid: number(cells, 0),
    schema: text(cells, 1),
    name: text(cells, 2),
    kind: code(cells, 3, typeKinds),
    relation: number(cells, 4),
    nullable: flag(cells, 5),
    default: optional(cells, 6),
    base: optional(cells, 7),
  }),
);

/** `owner` and `column` say which column of which relation it numbers. */
export const sequencesPart = listPart(
  'sequences',
  ['session', 'namespaces', 'relations', 'sequences'],
  `SELECT c.oid, n.nspname, c.relname, pg_catalog.format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
          s.seqcycle, COALESCE(d.refobjid, 0), COALESCE(d.refobjsubid, 0)
     FROM pg_catalog.pg_sequence s
     JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
          AND d.objsubid = 0 AND d.refclassid = d.classid AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
    WHERE ${ofUser} ORDER BY 2, 3`,
  (cells) => ({
    oid: number(cells, 0),
    schema: text(cells, 1),
    name: text(cells, 2),
    type: text(cells, 3),
    start: text(cells, 4),
    increment: text(cells, 5),
    minimum: text(cells, 6),
    maximum: text(cells, 7),
    cycles: flag(cells, 8),
    owner: number(cells, 9),
    column: number(cells, 10),
  }),
);

export const extensionsPart = listPart(
  'extensions',
  ['namespaces', 'extensions'],
  `SELECT e.oid, e.extname, e.extversion, n.nspname
     FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace ORDER BY 2`,
  (cells) => ({
    oid: number(cells, 0),
    name: text(cells, 1),
    version: text(cells, 2),
    schema: text(cells, 3),
  }),
);

export const rolesPart = listPart(
  'roles',
  ['roles', 'memberships'],
  `SELECT r.rolname, r.rolcanlogin, r.rolsuper,
          (SELECT pg_catalog.json_agg(g.rolname ORDER BY g.rolname)
             FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid)
     FROM pg_catalog.pg_roles r WHERE r.rolname NOT LIKE 'pg\\_%' ORDER BY 1`,
  (cells) => ({
    name: text(cells, 0),
    canLogin: flag(cells, 1),
    superuser: flag(cells, 2),
    memberOf: names(cells, 3),
  }),
);

/** By `schema.name`. They change with the server's version only. */
export const systemRelationsPart = listPart(
  'columns of the system catalog',
  ['session'],
  `SELECT n.nspname, c.relname, pg_catalog.json_agg(a.attname ORDER BY a.attnum)
     FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE n.nspname IN ('pg_catalog', 'information_schema') AND c.relkind IN ('r', 'v')
    GROUP BY 1, 2 ORDER BY 1, 2`,
  (cells) => ({ schema: text(cells, 0), name: text(cells, 1), columns: names(cells, 2) }),
);
