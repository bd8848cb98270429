/** The ways to write an attack so that a guard which reads text, and not the grammar, does not see it. */
import { tokenCursor, type TokenKind } from '../../../../src/database/sqlTokens.ts';
import type { ExpressionAttack, Payload } from './payloads.ts';

interface Disguise {
  readonly name: string;
  /** Postgres takes these for letters, so the parser may find the text to be no SQL at all, which refuses it as well. */
  readonly maySpoilSyntax?: boolean;
}

export interface ExpressionDisguise extends Disguise {
  readonly wrap: (attack: ExpressionAttack, expression: string) => string;
}

export interface StatementDisguise extends Disguise {
  readonly wrap: (sql: string) => string;
}

/** The attack's expression with its target in the plain spelling. */
export function plainExpression(attack: ExpressionAttack): string {
  return attack.write(attack.spelling === 'symbol' ? `OPERATOR(public.${attack.target})` : attack.target);
}

/** The attack as one would type it. */
export function plainStatement(payload: Payload): string {
  return payload.kind === 'statement' ? payload.sql : `SELECT ${plainExpression(payload)}`;
}

function spelt(attack: ExpressionAttack, spell: (name: string) => string): string {
  if (attack.spelling === 'symbol')
    return `SELECT ${attack.write(`OPERATOR ( "public" . ${attack.target})`)}`;
  return `SELECT ${attack.write(spell(attack.target))}`;
}

function around(name: string, wrap: (expression: string) => string): ExpressionDisguise {
  return { name, wrap: (_, expression) => wrap(expression) };
}

const mixed = (word: string): string =>
  Array.from(word, (letter, index) => (index % 2 === 0 ? letter.toUpperCase() : letter.toLowerCase())).join(
    '',
  );
const escaped = (name: string): string =>
  `U&"${Array.from(name, (letter) => `\\${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;

/** Puts something in place of every blank between tokens; a line comment keeps the line break that ends it. */
function betweenTokens(sql: string, blank: string): string {
  let previous = '';
  return mapTokens(sql, (text, kind) => {
    const isEnd = previous === 'lineComment';
    previous = kind;
    if (kind !== 'space') return text;
    return isEnd ? `\n${blank}` : blank;
  });
}

function mixedCase(sql: string): string {
  return mapTokens(sql, (text, kind) => (kind === 'word' ? mixed(text) : text));
}

function mapTokens(sql: string, map: (text: string, kind: TokenKind) => string): string {
  const cursor = tokenCursor(sql);
  let mapped = '';
  while (cursor.next()) mapped += map(sql.slice(cursor.start, cursor.end), cursor.kind);
  return mapped;
}

export const expressionDisguises: readonly ExpressionDisguise[] = [
  around('plain', (e) => `SELECT ${e}`),
  around('comment before', (e) => `/* a report; */ -- nothing else\nSELECT ${e}`),
  {
    name: 'comments inside',
    wrap: (attack) => `SELECT/**/${betweenTokens(attackWithComment(attack), '/* ; */')}`,
  },
  around('nested comments', (e) => `/* /* SELECT 1; */ -- */ SELECT /* /* '" */ */ ${e}`),
  around('mixed case', (e) => mixedCase(`SELECT ${e}`)),
  { name: 'quoted identifier', wrap: (attack) => spelt(attack, (name) => `"${name}"`) },
  { name: 'U&"" escapes', wrap: (attack) => spelt(attack, escaped) },
  {
    name: 'schema prefix',
    wrap: (attack) =>
      spelt(attack, (name) => (attack.spelling === 'dotted' ? `"${name}"` : `"${attack.schema}" . ${name}`)),
  },
  around('subquery in FROM', (e) => `SELECT s.x FROM (SELECT ${e} AS x) s`),
  around('scalar subquery', (e) => `SELECT 1, (SELECT ${e} LIMIT 1)`),
  around('CTE', (e) => `WITH a AS MATERIALIZED (SELECT 1), b AS (SELECT ${e}) SELECT * FROM a, b`),
  around(
    'recursive CTE',
    (e) =>
      `WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 2 AND (SELECT ${e}) IS NULL) SELECT * FROM r`,
  ),
  around('LATERAL', (e) => `SELECT * FROM (VALUES (1)) v (i) CROSS JOIN LATERAL (SELECT i, ${e}) x`),
  around('VALUES', (e) => `VALUES (1, 'a'), (2, (${e})::text)`),
  around('window argument', (e) => `SELECT sum(1) OVER (PARTITION BY ${e} ORDER BY 1) FROM victim`),
  around(
    'aggregate argument',
    (e) => `SELECT count(DISTINCT ${e}) FILTER (WHERE true) FROM victim GROUP BY id`,
  ),
  around('function argument', (e) => `SELECT upper(concat('a', lower(concat(${e}))))`),
  around('CASE branch', (e) => `SELECT CASE WHEN false THEN NULL ELSE ${e} END`),
  around('WHERE', (e) => `SELECT 1 FROM victim WHERE (${e}) IS NOT NULL`),
  around('ORDER BY', (e) => `SELECT id FROM victim ORDER BY (${e})`),
  around('LIMIT', (e) => `SELECT id FROM victim LIMIT length(concat(${e}))`),
  around('join condition', (e) => `SELECT 1 FROM victim a JOIN victim b ON a.id = b.id AND (${e}) IS NULL`),
  around('set operation', (e) => `SELECT '1' UNION ALL (SELECT '2' EXCEPT SELECT (${e})::text)`),
  around('array and row', (e) => `SELECT ARRAY[ROW(1, ${e})::text, 'x']`),
  around('deep parentheses', (e) => `SELECT ${'('.repeat(200)}${e}${')'.repeat(200)}`),
  around('EXPLAIN ANALYZE', (e) => `EXPLAIN (ANALYZE, COSTS off) SELECT ${e}`),
  around('trailing statement', (e) => `SELECT 1; SELECT ${e}`),
  around('leading statement', (e) => `SELECT ${e}; SELECT 1`),
  {
    name: 'Unicode blanks',
    maySpoilSyntax: true,
    wrap: (_, e) => betweenTokens(`SELECT ${e}`, '\u00a0\u2003'),
  },
];

function attackWithComment(attack: ExpressionAttack): string {
  return ` ${attack.write(attack.spelling === 'symbol' ? `OPERATOR /**/ (public.${attack.target})` : `${attack.target}/*("*/`)}`;
}

export const statementDisguises: readonly StatementDisguise[] = [
  { name: 'plain', wrap: (sql) => sql },
  { name: 'comment before', wrap: (sql) => `/* a report; */ -- SELECT\n${sql}` },
  { name: 'comments inside', wrap: (sql) => betweenTokens(sql, '/* ; */') },
  { name: 'nested comments', wrap: (sql) => `/* /* SELECT 1; */ ' */${betweenTokens(sql, ' /* /* */ */ ')}` },
  { name: 'mixed case', wrap: mixedCase },
  { name: 'line breaks and comments', wrap: (sql) => betweenTokens(sql, ' -- SELECT\r\n\f\t') },
  { name: 'trailing comment', wrap: (sql) => `${sql} -- SELECT 1 /*` },
  { name: 'after empty statements', wrap: (sql) => `;; ; ${sql}` },
  { name: 'after a SELECT', wrap: (sql) => `SELECT 1; ${sql}` },
  { name: 'before a SELECT', wrap: (sql) => `${sql}; SELECT 1` },
  { name: 'after COMMIT', wrap: (sql) => `COMMIT; ${sql}` },
  { name: 'after ROLLBACK', wrap: (sql) => `ROLLBACK; ${sql}` },
  { name: 'after SET TRANSACTION', wrap: (sql) => `SET TRANSACTION READ WRITE; ${sql}` },
  { name: 'in BEGIN … COMMIT', wrap: (sql) => `BEGIN; ${sql}; COMMIT` },
  { name: 'in a DO block', wrap: (sql) => `DO $do$ BEGIN EXECUTE $q$${sql}$q$; END $do$` },
  {
    name: 'in a function body',
    wrap: (sql) => `CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $f$${sql}$f$; SELECT f()`,
  },
  { name: 'behind EXPLAIN', wrap: (sql) => `EXPLAIN ANALYZE SELECT 1; ${sql}` },
  { name: 'Unicode blanks', maySpoilSyntax: true, wrap: (sql) => betweenTokens(sql, '\u00a0\u2003') },
];

export interface Cell {
  readonly disguise: string;
  readonly maySpoilSyntax: boolean;
  readonly sql: string;
}

/** One payload in every disguise that is made for its kind. */
export function cellsOf(payload: Payload): Cell[] {
  if (payload.kind === 'statement') {
    return statementDisguises.map(({ name, maySpoilSyntax = false, wrap }) => ({
      disguise: name,
      maySpoilSyntax,
      sql: wrap(payload.sql),
    }));
  }
  const expression = plainExpression(payload);
  return expressionDisguises.map(({ name, maySpoilSyntax = false, wrap }) => ({
    disguise: name,
    maySpoilSyntax,
    sql: wrap(payload, expression),
  }));
}
