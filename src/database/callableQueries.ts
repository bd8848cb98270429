/** The queries that tell the guard what a name can run: functions, operators, and what views, policies and types call by themselves. */
import * as z from 'zod/mini';
import type { CatalogQuery } from './catalogQueries.ts';

const text = z.string();
const optional = z.pipe(
  z.nullable(z.string()),
  z.transform((value) => value ?? undefined),
);
const flag = z.pipe(
  z.string(),
  z.transform((value) => value.startsWith('t')),
);
const volatility = z.pipe(
  z.enum(['i', 's', 'v']),
  z.transform((code) => (({ i: 'immutable', s: 'stable', v: 'volatile' }) as const)[code]),
);
const names = z.pipe(
  z.nullable(z.string()),
  z.transform((value) => z.array(z.string()).parse(value === null ? [] : JSON.parse(value))),
);

/** What initdb made has an OID below this (FirstNormalObjectId of access/transam.h). */
const firstUserOid = 16384;

/**
 * Overloads share a name, and the guard sees names only: the worst of them counts. An aggregate is as volatile as its parts.
 * Then who made all the volatile ones (`postgres` or one extension), whether one argument is enough to call a volatile one, and
 * what C calls those that are bound to a compiled function under another name.
 */
export const functionsQuery = {
  row: z.tuple([text, text, volatility, optional, flag, names]),
  sql: `
  SELECT n.nspname, p.proname,
         CASE WHEN bool_or(p.volatile) THEN 'v' WHEN bool_or(p.provolatile = 's') THEN 's' ELSE 'i' END,
         CASE WHEN bool_and(p.maker IS NOT NULL) FILTER (WHERE p.volatile)
               AND min(p.maker) FILTER (WHERE p.volatile) = max(p.maker) FILTER (WHERE p.volatile)
              THEN min(p.maker) FILTER (WHERE p.volatile) END,
         bool_or(p.provolatile <> 'i' AND (p.provariadic <> 0 OR 1 BETWEEN p.pronargs - p.pronargdefaults AND p.pronargs)),
         json_agg(DISTINCT p.prosrc) FILTER (WHERE p.lang IN (12, 13) AND p.oid >= ${firstUserOid} AND p.prosrc <> p.proname)
    FROM (SELECT p.oid, p.pronamespace, p.proname, p.provolatile, p.provariadic, p.pronargs, p.pronargdefaults,
                 p.prosrc, p.prolang::oid::int AS lang,
                 p.provolatile = 'v' OR (p.prokind = 'a' AND EXISTS (SELECT 1 FROM pg_proc s WHERE s.provolatile = 'v'
                    AND s.oid IN (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn)))
                   AS volatile,
                 CASE WHEN p.oid < ${firstUserOid} THEN 'postgres' ELSE e.extname END AS maker
            FROM pg_proc p
            LEFT JOIN pg_aggregate a ON p.prokind = 'a' AND a.aggfnoid = p.oid
            LEFT JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
                 AND d.refclassid = 'pg_extension'::regclass
            LEFT JOIN pg_extension e ON e.oid = d.refobjid
           OFFSET 0) p
    JOIN pg_namespace n ON n.oid = p.pronamespace
   GROUP BY 1, 2`,
} satisfies CatalogQuery<unknown>;

/** Those that the user or an extension made. */
export const operatorsQuery = {
  row: z.tuple([text, text, volatility]),
  sql: `
  SELECT n.nspname, o.oprname,
         CASE WHEN bool_or(p.provolatile = 'v') THEN 'v' WHEN bool_or(p.provolatile = 's') THEN 's' ELSE 'i' END
    FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace JOIN pg_proc p ON p.oid = o.oprcode
   WHERE o.oid >= ${firstUserOid}
   GROUP BY 1, 2`,
} satisfies CatalogQuery<unknown>;

/** Types by whose name a cast can be written as a function call: all but arrays and the row types of tables. */
export const castableTypesQuery = {
  row: z.tuple([text, text]),
  sql: `
  SELECT n.nspname, t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
   WHERE t.typcategory NOT IN ('A', 'C', 'P')`,
} satisfies CatalogQuery<unknown>;

/** The rule of a view, the condition of a policy or check, as text: pg_depend does not list what initdb made. */
const builtInCalls = (tree: string): string => `
    SELECT DISTINCT found[1]::oid AS oid FROM regexp_matches(${tree}::text, ':funcid (\\d+)', 'g') AS found`;

/** The functions that an object calls, but for immutable ones; `classid` and `objid` say how pg_depend knows the object. */
const callsOf = (classid: string, objid: string, tree: string): string => `
  CROSS JOIN LATERAL (
    SELECT d.refobjid AS oid FROM pg_depend d
     WHERE d.classid = '${classid}'::regclass AND d.objid = ${objid} AND d.refclassid = 'pg_proc'::regclass
    UNION SELECT o.oprcode FROM pg_depend d JOIN pg_operator o ON o.oid = d.refobjid
     WHERE d.classid = '${classid}'::regclass AND d.objid = ${objid} AND d.refclassid = 'pg_operator'::regclass
    UNION (${builtInCalls(tree)})
  ) call JOIN pg_proc p ON p.oid = call.oid AND p.provolatile <> 'i' JOIN pg_namespace pn ON pn.oid = p.pronamespace`;

/** A relation, type, function or program that another one leads to when it is read or cast to. */
const end = z.enum(['relation', 'type', 'function', 'program']);

/**
 * Who leads to whom: a view to its relations, types and functions; a table to the functions of the policies that bind the current
 * user; a foreign table to its program; a type to the functions of its checks, casts and input, and to the types within it.
 */
export const edgesQuery = {
  row: z.tuple([end, text, text, end, text, text]),
  sql: `
  WITH type_calls AS MATERIALIZED (
    SELECT k.contypid AS type, p.proname, pn.nspname FROM pg_constraint k ${callsOf('pg_constraint', 'k.oid', 'k.conbin')}
     WHERE k.contypid <> 0 AND k.contype = 'c'
    UNION SELECT t.oid, p.proname, pn.nspname
      FROM pg_cast k JOIN pg_type t ON t.oid IN (k.castsource, k.casttarget) AND t.oid >= ${firstUserOid}
      JOIN pg_proc p ON p.oid = k.castfunc AND p.provolatile <> 'i' JOIN pg_namespace pn ON pn.oid = p.pronamespace
    UNION SELECT t.oid, p.proname, pn.nspname
      FROM pg_type t JOIN pg_proc p ON p.oid IN (t.typinput, t.typoutput) AND p.provolatile = 'v'
      JOIN pg_namespace pn ON pn.oid = p.pronamespace
     WHERE t.oid >= ${firstUserOid}
  ), within AS (
    SELECT t.oid AS type, CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.typelem END AS part FROM pg_type t
     WHERE t.oid >= ${firstUserOid} AND (t.typtype = 'd' OR t.typelem <> 0)
    UNION ALL SELECT r.rngtypid, r.rngsubtype FROM pg_range r WHERE r.rngtypid >= ${firstUserOid}
    UNION ALL SELECT c.reltype, a.atttypid FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.reltype <> 0 AND a.attnum > 0 AND a.atttypid IN
           (SELECT type FROM type_calls UNION SELECT t.oid FROM pg_type t WHERE t.typtype = 'd' AND t.typbasetype IN (SELECT type FROM type_calls))
  ), views AS (
    SELECT r.oid AS rule, r.ev_action, n.nspname, c.relname
      FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'v' AND r.ev_type = '1' AND c.oid >= ${firstUserOid}
  )
  SELECT DISTINCT 'relation', v.nspname, v.relname, 'function', pn.nspname, p.proname
    FROM views v ${callsOf('pg_rewrite', 'v.rule', 'v.ev_action')}
  UNION ALL
  SELECT DISTINCT 'relation', v.nspname, v.relname, 'relation', n.nspname, c.relname
    FROM views v JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = v.rule AND d.refclassid = 'pg_class'::regclass
    JOIN pg_class c ON c.oid = d.refobjid AND (c.relkind IN ('v', 'f') OR c.relrowsecurity)
    JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE (n.nspname, c.relname) <> (v.nspname, v.relname)
  UNION ALL
  SELECT DISTINCT 'relation', v.nspname, v.relname, 'type', n.nspname, t.typname
    FROM views v JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = v.rule AND d.refclassid = 'pg_type'::regclass
    JOIN pg_type t ON t.oid = d.refobjid JOIN pg_namespace n ON n.oid = t.typnamespace
  UNION ALL
  SELECT DISTINCT 'relation', n.nspname, c.relname, 'function', pn.nspname, p.proname
    FROM pg_policy k JOIN pg_class c ON c.oid = k.polrelid AND c.relrowsecurity JOIN pg_namespace n ON n.oid = c.relnamespace
    ${callsOf('pg_policy', 'k.oid', 'k.polqual')}
   WHERE k.polcmd IN ('r', '*') AND row_security_active(c.oid)
  UNION ALL
  SELECT 'relation', n.nspname, c.relname, 'program', '', split_part(option, '=', 2)
    FROM pg_foreign_table f JOIN pg_class c ON c.oid = f.ftrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
         unnest(f.ftoptions) AS option
   WHERE option LIKE 'program=%'
  UNION ALL
  SELECT 'type', n.nspname, t.typname, 'function', k.nspname, k.proname
    FROM type_calls k JOIN pg_type t ON t.oid = k.type JOIN pg_namespace n ON n.oid = t.typnamespace
  UNION ALL
  SELECT DISTINCT 'type', n.nspname, t.typname, 'type', pn.nspname, p.typname
    FROM within w JOIN pg_type t ON t.oid = w.type JOIN pg_namespace n ON n.oid = t.typnamespace
    JOIN pg_type p ON p.oid = w.part AND p.oid >= ${firstUserOid} JOIN pg_namespace pn ON pn.oid = p.typnamespace
   WHERE EXISTS (SELECT 1 FROM type_calls)`,
} satisfies CatalogQuery<unknown>;
