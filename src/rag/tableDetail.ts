/** What the index keeps of a table, to rank it by: its names and comments as they are, and the tables it refers to. */
import * as z from 'zod/mini';

export interface ColumnDetail {
  readonly name: string;
  readonly comment: string;
  /** Values of its enum. */
  readonly values: readonly string[];
}

export interface TableDetail {
  readonly schema: string;
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly ColumnDetail[];
  /** Ids of the tables that its foreign keys lead to. */
  readonly refersTo: readonly string[];
}

/** Letters of a comment and values of an enum that are looked at: what is longer is prose, and would match anything. */
const commentLimit = 300;
const valuesLimit = 60;

const column = z.tuple([z.string(), z.string(), z.array(z.string())]);
const stored = z.tuple([z.string(), z.string(), z.string(), z.array(column), z.array(z.string())]);

export function encodeDetail(detail: TableDetail): string {
  const written: z.infer<typeof stored> = [
    detail.schema,
    detail.name,
    detail.comment.slice(0, commentLimit),
    detail.columns.map(({ name, comment, values }) => [
      name,
      comment.slice(0, commentLimit),
      values.slice(0, valuesLimit),
    ]),
    [...detail.refersTo],
  ];
  return JSON.stringify(written);
}

/** What is known of a table that is kept without its detail: the words of its text. */
export function detailOfText(text: string): TableDetail {
  return { schema: '', name: '', comment: text, columns: [], refersTo: [] };
}

/** @throws Error when the text is none that `encodeDetail` made */
export function decodeDetail(text: string): TableDetail {
  const [schema, name, comment, columns, refersTo] = stored.parse(JSON.parse(text));
  return {
    schema,
    name,
    comment,
    columns: columns.map(([columnName, columnComment, values]) => ({
      name: columnName,
      comment: columnComment,
      values,
    })),
    refersTo,
  };
}
