/** What a model can correct, and the words in which it is told. */
import type { KhipuError } from '../shared/errors.ts';

/** At most so many corrections are asked for. */
export const repairLimit = 2;

const repairableKinds: ReadonlySet<string> = new Set([
  'model-reply-unusable',
  'refused-by-guard',
  'unknown-name',
  'sql-syntax',
  'sql-failed',
]);

export function isRepairable({ kind }: KhipuError): boolean {
  return repairableKinds.has(kind);
}

/** The error in the words that the model is given: what, where, and what the server hints at. */
export function findingText({ message, detail }: KhipuError): string {
  const { sql, position, hint } = detail;
  const near =
    sql === undefined || position === undefined ? '' : ` Near: ${sql.slice(position, position + 40)}`;
  return `${message}${near}${hint === undefined ? '' : ` Hint: ${hint}`}`;
}
