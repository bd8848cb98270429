/** Has a statement that changes rows give those rows back: RETURNING is added where its grammar has it, at the very end. */

/** What the rows that come back are. */
export type ReturnedRows = 'changed' | 'before-after';

/** A statement with RETURNING added, and what it gives back. */
export interface PreviewText {
  readonly text: string;
  readonly rows: ReturnedRows;
}

/** The relation that a statement changes, as it is written. */
export interface WrittenTarget {
  readonly schema: string | undefined;
  readonly name: string;
}

const changing = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'] as const;
type Changing = (typeof changing)[number];

export function isChanging(type: string): type is Changing {
  return (changing as readonly string[]).includes(type);
}

/** The relation after INTO, UPDATE or FROM; undefined for statements that change no rows. */
export function targetOf(type: string, fields: Readonly<Record<string, unknown>>): WrittenTarget | undefined {
  if (!isChanging(type)) return undefined;
  const { schemaname, relname } = fields['relation'] as { schemaname?: string; relname?: string };
  return relname === undefined ? undefined : { schema: schemaname, name: relname };
}

/**
 * The statement with RETURNING, in all four grammars the last clause: behind ON CONFLICT, WHERE and WHEN.
 * @param text one statement from its first token to its last, so that no comment at its end swallows what is added
 * @param serverVersion as `server_version_num`: MERGE … RETURNING came with 17, rows from before an UPDATE with 18
 * @returns undefined where that server has no such clause, and for a statement that gives back rows of its own
 */
export function withReturning(
  text: string,
  type: string,
  fields: Readonly<Record<string, unknown>>,
  serverVersion: number,
): PreviewText | undefined {
  if (!isChanging(type) || fields['returningClause'] !== undefined) return undefined;
  switch (type) {
    case 'InsertStmt':
    case 'DeleteStmt':
      return { text: `${text} RETURNING *`, rows: 'changed' };
    case 'UpdateStmt':
      return serverVersion >= 180_000
        ? { text: `${text} RETURNING ${beforeAndAfter}`, rows: 'before-after' }
        : { text: `${text} RETURNING *`, rows: 'changed' };
    case 'MergeStmt':
      return serverVersion >= 170_000
        ? { text: `${text} RETURNING merge_action() AS merge_action, *`, rows: 'changed' }
        : undefined;
  }
}

/** Under names of its own: the statement may have given the names old and new to something else. */
const beforeAndAfter = 'WITH (OLD AS khipu_before, NEW AS khipu_after) khipu_before.*, khipu_after.*';
