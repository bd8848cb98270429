/** A table as text: the words that the index finds it by, and the outline that measures its room in a prompt. */
import { qualified, type Catalog, type Column, type Relation } from '../database/catalog.ts';
import { contentHash } from './contentHash.ts';
import type { KnowledgeItem } from './knowledgeStore.ts';
import type { VerifiedQuestion } from './retrieval.ts';
import { commonValues, profileNote } from './profile.ts';
import { encodeDetail, type TableDetail } from './tableDetail.ts';
import { contentWords, words } from './words.ts';

/** Values of each enum by every name that `format_type` may print for it. */
export type EnumValues = ReadonlyMap<string, readonly string[]>;

/** The enums of a catalog, for `tableCard` and `tableOutline`. */
export function enumValues(catalog: Catalog): EnumValues {
  const found = new Map<string, readonly string[]>();
  for (const { schema, name, values } of catalog.enums) {
    const bare = quoted(name);
    found.set(`${quoted(schema)}.${bare}`, values);
    const place = catalog.searchPath.indexOf(schema);
    // Unqualified, format_type names the first on the search path.
    if (
      place !== -1 &&
      !catalog.enums.some((other) => other.name === name && before(catalog, other.schema, place))
    ) {
      found.set(bare, values);
    }
  }
  return found;
}

function before(catalog: Catalog, schema: string, place: number): boolean {
  const other = catalog.searchPath.indexOf(schema);
  return other !== -1 && other < place;
}

/** An identifier as Postgres prints it, key words aside: those are no names of enums worth finding. */
function quoted(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Values of a column of this type; none where it is no enum. */
function enumValuesOf(type: string, enums: EnumValues): readonly string[] {
  return enums.get(type.replace(/(\[\])+$/, '')) ?? [];
}

/** Values of a column that a question may name: those of its enum, or the common ones where they may be known. */
export function valuesOf(column: Column, enums: EnumValues): readonly string[] {
  const values = enumValuesOf(column.type, enums);
  return values.length > 0 ? values : commonValues(column);
}

/** Partitions are found through the table that they are parts of. */
export function hasCard(relation: Relation): boolean {
  return relation.partitionOf === undefined;
}

/** The item of a table: its name, comment, columns with comments and enum values, and the tables it refers to. */
export function tableCard(relation: Relation, enums: EnumValues): KnowledgeItem {
  const schema = relation.schema === 'public' ? '' : relation.schema;
  // The name stands there twice, or a table would be found less readily than those that refer to it.
  const parts = [schema, relation.name, relation.name, relation.comment ?? ''];
  for (const column of relation.columns) {
    parts.push(column.name, column.comment ?? '', ...valuesOf(column, enums));
  }
  for (const key of relation.foreignKeys) parts.push(key.toTable);
  const text = parts.flatMap(words).join(' ');
  const detail = encodeDetail(detailOf(relation, enums));
  const id = qualified(relation.schema, relation.name);
  return { kind: 'table', id, text, detail, hash: contentHash(text, detail) };
}

function detailOf(relation: Relation, enums: EnumValues): TableDetail {
  return {
    schema: relation.schema,
    name: relation.name,
    comment: relation.comment ?? '',
    columns: relation.columns.map((column) => ({
      name: column.name,
      comment: column.comment ?? '',
      values: valuesOf(column, enums),
    })),
    refersTo: relation.foreignKeys.map(({ toSchema, toTable }) => qualified(toSchema, toTable)),
  };
}

/** The item of a verified question; its SQL is part of its name, so that an edited answer is another item. */
export function verifiedCard(question: VerifiedQuestion): KnowledgeItem {
  return questionCard('verified', question);
}

/** The item of a question with its SQL, of either kind. */
export function questionCard(
  kind: 'verified' | 'history',
  { question, sql }: VerifiedQuestion,
): KnowledgeItem {
  const text = contentWords(question).join(' ');
  return { kind, id: contentHash(question, sql), text, hash: contentHash(text) };
}

/** What a prompt says of a table, near enough to measure it by: a line for each column, and the rest. */
export interface TableOutline {
  readonly columns: readonly string[];
  readonly rest: string;
}

export function tableOutline(relation: Relation, enums: EnumValues): TableOutline {
  const columns = relation.columns.map((column) => {
    const { name, type, nullable, primaryKey, comment } = column;
    const values = enumValuesOf(type, enums);
    const notes = [
      values.length === 0 ? '' : `one of ${values.map((value) => `'${value}'`).join(', ')}`,
      comment ?? '',
      profileNote(column, values.length > 0),
    ];
    const flags = primaryKey ? ' PRIMARY KEY' : nullable ? '' : ' NOT NULL';
    return `  ${name} ${type}${flags},${notes.some(Boolean) ? ` -- ${notes.join(' ')}` : ''}\n`;
  });
  const rest = [`TABLE ${qualified(relation.schema, relation.name)} ( -- ${relation.comment ?? ''}`];
  for (const { columns, toSchema, toTable, toColumns } of relation.foreignKeys) {
    const target = `${qualified(toSchema, toTable)} (${toColumns.join(', ')})`;
    rest.push(`  FOREIGN KEY (${columns.join(', ')}) REFERENCES ${target},`);
  }
  return { columns, rest: `${rest.join('\n')}\n)` };
}

/** Tokens of SQL-like text, by the measured average of 2.8 characters to a token. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 2.8);
}
