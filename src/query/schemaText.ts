/** A table of the catalog as the text that a model reads: DDL with comments, sanitised and capped. */
import type { Catalog, Column, ForeignKey, Relation } from '../database/catalog.ts';
import { quoteIdentifier } from '../database/identifier.ts';
import { profileNote } from '../rag/profile.ts';

const commentLimit = 200;
const enumLimit = 40;

const nouns: Record<Relation['kind'], string> = {
  table: 'TABLE',
  partitioned: 'TABLE',
  view: 'VIEW',
  'materialized-view': 'MATERIALIZED VIEW',
  'foreign-table': 'FOREIGN TABLE',
};

/** A relation of which some columns may have been left out. */
export interface ShownRelation extends Relation {
  /** How many columns it has beside these. */
  readonly omittedColumns?: number | undefined;
}

/** The relations as DDL, and after them the enums that their columns use. */
export function schemaText(catalog: Catalog, relations: readonly ShownRelation[]): string {
  const types = new Set(relations.flatMap((relation) => relation.columns.map((column) => column.type)));
  const enums = catalog.enums.filter((each) =>
    [...types].some(
      (type) => type.replace(/\[\]$/, '') === each.name || type.startsWith(`${each.schema}.${each.name}`),
    ),
  );
  const enumLines = enums.map((each) => {
    const values = each.values.slice(0, enumLimit).map((value) => `'${tame(value).replaceAll("'", "''")}'`);
    return `CREATE TYPE ${qualifiedName(each.schema, each.name)} AS ENUM (${values.join(', ')});`;
  });
  const enumTypes = new Set(
    [...types].filter((type) =>
      enums.some(({ schema, name }) => type === name || type === `${schema}.${name}`),
    ),
  );
  return [...enumLines, ...relations.map((relation) => relationText(relation, enumTypes))].join('\n\n');
}

function relationText(relation: ShownRelation, enumTypes: ReadonlySet<string>): string {
  const keys = relation.columns.filter((column) => column.primaryKey).map(({ name }) => identifier(name));
  const parts = relation.columns.map((column) => columnText(column, enumTypes));
  if (keys.length > 0) parts.push({ sql: `PRIMARY KEY (${keys.join(', ')})`, comment: '' });
  for (const key of relation.foreignKeys) {
    if (key.told !== undefined) continue;
    const from = key.columns.map(identifier).join(', ');
    const to = key.toColumns.map(identifier).join(', ');
    parts.push({
      sql: `FOREIGN KEY (${from}) REFERENCES ${qualifiedName(key.toSchema, key.toTable)} (${to})`,
      comment: '',
    });
  }
  const lines = parts.map(
    ({ sql, comment }, index) => `  ${sql}${index < parts.length - 1 ? ',' : ''}${comment}`,
  );
  const head = `CREATE ${nouns[relation.kind]} ${qualifiedName(relation.schema, relation.name)} (`;
  const omitted = relation.omittedColumns ?? 0;
  if (omitted > 0)
    lines.push(`  -- and ${omitted} more ${omitted === 1 ? 'column that is' : 'columns that are'} not shown`);
  for (const key of relation.foreignKeys) if (key.told !== undefined) lines.push(toldJoin(key));
  return [head + remark(relation.comment), ...lines, ');'].join('\n');
}

/** A join that no constraint holds to: rows may be without their counterpart. */
function toldJoin({ columns, toSchema, toTable, toColumns, told }: ForeignKey): string {
  const from = columns.map(identifier).join(', ');
  const to = `${qualifiedName(toSchema, toTable)} (${toColumns.map(identifier).join(', ')})`;
  const note = told?.note === undefined || told.note === '' ? '' : `: ${tame(told.note)}`;
  return `  -- (${from}) joins ${to}, without a foreign key${note}`;
}

function columnText(column: Column, enumTypes: ReadonlySet<string>): { sql: string; comment: string } {
  const sql = `${identifier(column.name)} ${tame(column.type)}${column.nullable ? '' : ' NOT NULL'}`;
  const note = profileNote(column, enumTypes.has(column.type));
  return { sql, comment: remark(column.comment) + remark(note) };
}

/** A name can hold whatever a comment can. One that has to be tamed is not a name any more, and cannot be asked for. */
function identifier(name: string): string {
  return tame(quoteIdentifier(name));
}

function qualifiedName(schema: string, name: string): string {
  return `${identifier(schema)}.${identifier(name)}`;
}

function remark(comment: string | undefined): string {
  return comment === undefined || comment.trim() === '' ? '' : ` -- ${tame(comment)}`;
}

/**
 * Text of the database or the glossary on one line, without control, invisible and direction characters, and capped: whoever may write a
 * comment could otherwise give the model orders that no person sees.
 */
export function tame(text: string, limit = commentLimit): string {
  const visible = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Cf}\p{Co}\p{Cn}]/gu, '')
    .trim();
  const capped = visible.slice(0, limit).replace(/[\uD800-\uDBFF]$/, ''); // not half a character
  return visible.length > limit ? `${capped}…` : visible;
}
