/** The handful of queries that read a whole schema: one for each kind of object, none for each object. */
import * as z from 'zod';

/** A query and the shape of its rows, which are arrays of Postgres's text. */
export interface CatalogQuery<Row> {
  readonly sql: string;
  readonly row: z.ZodType<Row>;
}

function catalogQuery<Row>(row: z.ZodType<Row>, sql: string): CatalogQuery<Row> {
  return { sql, row };
}

const text = z.string();
const optional = z
  .string()
  .nullable()
  .transform((value) => value ?? undefined);
const number = z.string().transform(Number);
const flag = z.enum(['t', 'f', 'true', 'false']).transform((value) => value.startsWith('t'));
/** Arrays are asked for as JSON, so that any name survives. */
const names = z.string().transform((value, context): string[] => {
  const parsed = z.array(z.string()).safeParse(JSON.parse(value));
  if (parsed.success) return parsed.data;
  context.addIssue('not an array of names');
  return z.NEVER;
});
const volatility = z
  .enum(['i', 's', 'v'])
  .transform((code) => (({ i: 'immutable', s: 'stable', v: 'volatile' }) as const)[code]);

/** Schemas that are not the user's. */
const system = `n.nspname IN ('pg_catalog', 'information_schema', 'pg_toast')`;
const temporary = `(n.nspname LIKE 'pg\\_temp\\_%' OR n.nspname LIKE 'pg\\_toast\\_temp\\_%')`;
const users = `NOT (${system} OR ${temporary})`;

export const serverQuery = catalogQuery(
  z.tuple([text, number, names]),
  `SELECT current_database(), current_setting('server_version_num'), to_json(current_schemas(true))`,
);

export const schemasQuery = catalogQuery(
  z.tuple([text, optional]),
  `SELECT n.nspname, obj_description(n.oid, 'pg_namespace')
     FROM pg_namespace n WHERE ${users} ORDER BY 1`,
);

export const relationsQuery = catalogQuery(
  z.tuple([
    text,
    text,
    text,
    z
      .enum(['r', 'p', 'v', 'm', 'f'])
      .transform(
        (code) =>
          (
            ({ r: 'table', p: 'partitioned', v: 'view', m: 'materialized-view', f: 'foreign-table' }) as const
          )[code],
      ),
    optional,
    number.transform((estimate) => (estimate < 0 ? undefined : estimate)),
    optional,
  ]),
  `SELECT c.oid, n.nspname, c.relname, c.relkind, obj_description(c.oid, 'pg_class'), c.reltuples::bigint,
          CASE WHEN c.relispartition THEN
            (SELECT pn.nspname || '.' || p.relname
               FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
              WHERE i.inhrelid = c.oid LIMIT 1) END
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${users}
    ORDER BY n.nspname, c.relname`,
);

export const columnsQuery = catalogQuery(
  z.tuple([text, text, text, flag, flag, optional, optional]),
  `SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
          COALESCE(a.attnum = ANY (k.indkey), false), pg_get_expr(d.adbin, d.adrelid), col_description(a.attrelid, a.attnum)
     FROM pg_attribute a
     JOIN pg_class c ON c.oid = a.attrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     LEFT JOIN pg_index k ON k.indrelid = a.attrelid AND k.indisprimary
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${users}
    ORDER BY a.attrelid, a.attnum`,
);

export const foreignKeysQuery = catalogQuery(
  z.tuple([text, text, names, text, text, names]),
  `SELECT f.conrelid, f.conname,
          (SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(f.conkey) WITH ORDINALITY AS k (attnum, place)
             JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.attnum),
          n.nspname, c.relname,
          (SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(f.confkey) WITH ORDINALITY AS k (attnum, place)
             JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.attnum)
     FROM pg_constraint f
     JOIN pg_class c ON c.oid = f.confrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE f.contype = 'f'
    ORDER BY f.conrelid, f.conname`,
);

export const routinesQuery = catalogQuery(
  z.tuple([
    text,
    text,
    z
      .enum(['f', 'p', 'a', 'w'])
      .transform((code) => (({ f: 'function', p: 'procedure', a: 'aggregate', w: 'window' }) as const)[code]),
    text,
    text,
    volatility,
    optional,
  ]),
  `SELECT n.nspname, p.proname, p.prokind, pg_get_function_identity_arguments(p.oid),
          COALESCE(pg_get_function_result(p.oid), ''), p.provolatile, obj_description(p.oid, 'pg_proc')
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE ${users} ORDER BY 1, 2, 4`,
);

export const enumsQuery = catalogQuery(
  z.tuple([text, text, names]),
  `SELECT n.nspname, t.typname, json_agg(e.enumlabel ORDER BY e.enumsortorder)
     FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_enum e ON e.enumtypid = t.oid
    GROUP BY 1, 2 ORDER BY 1, 2`,
);

/** Overloads share a name, and the guard sees names only: the worst of them counts. An aggregate is as volatile as its parts. */
export const functionsQuery = catalogQuery(
  z.tuple([text, text, volatility]),
  `SELECT n.nspname, p.proname,
          CASE WHEN bool_or(p.provolatile = 'v' OR s.provolatile = 'v' OR f.provolatile = 'v') THEN 'v'
               WHEN bool_or(p.provolatile = 's') THEN 's' ELSE 'i' END
     FROM pg_proc p
     JOIN pg_namespace n ON n.oid = p.pronamespace
     LEFT JOIN pg_aggregate a ON a.aggfnoid = p.oid
     LEFT JOIN pg_proc s ON s.oid = a.aggtransfn
     LEFT JOIN pg_proc f ON f.oid = a.aggfinalfn
    GROUP BY 1, 2`,
);

export const operatorsQuery = catalogQuery(
  z.tuple([text, text, volatility]),
  `SELECT n.nspname, o.oprname,
          CASE WHEN bool_or(p.provolatile = 'v') THEN 'v' WHEN bool_or(p.provolatile = 's') THEN 's' ELSE 'i' END
     FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace JOIN pg_proc p ON p.oid = o.oprcode
    WHERE n.nspname <> 'pg_catalog'
    GROUP BY 1, 2`,
);

/** Types of the user's whose casts or input run a volatile function. */
export const volatileTypesQuery = catalogQuery(
  z.tuple([text, text]),
  `SELECT n.nspname, t.typname
     FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname <> 'pg_catalog'
      AND (EXISTS (SELECT 1 FROM pg_cast k JOIN pg_proc p ON p.oid = k.castfunc
                    WHERE p.provolatile = 'v' AND t.oid IN (k.castsource, k.casttarget))
        OR EXISTS (SELECT 1 FROM pg_proc p WHERE p.oid = t.typinput AND p.provolatile = 'v'
                    AND t.typtype NOT IN ('d', 'c', 'e', 'r', 'm')))`,
);

export const systemRelationsQuery = catalogQuery(
  z.tuple([text, text, names]),
  `SELECT n.nspname, c.relname, json_agg(a.attname ORDER BY a.attnum)
     FROM pg_class c
     JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE n.nspname IN ('pg_catalog', 'information_schema') AND c.relkind IN ('r', 'v')
    GROUP BY 1, 2`,
);
