/** What of earlier SQL a model may be shown: that whose names it may all know. */
import type { SqlParser } from '../database/parse.ts';
import { checkWholly } from './checkStatement.ts';
import { ground, type NameIndex } from './ground.ts';

/** What models may know, and all there is. */
export interface KnownWorld {
  readonly names: NameIndex;
  /** Undefined where that is the same. */
  readonly shown?: NameIndex | undefined;
  readonly parser: SqlParser;
}

/** Whether the SQL would pass as a model's own: what was accepted under another schema would teach names that are gone. */
export function isKnownToModels(sql: string, { shown, names, parser }: KnownWorld): boolean {
  try {
    checkWholly(sql, { names: shown ?? names, parser });
    return true;
  } catch {
    return false; // what is left out is only an example, or said to be left out
  }
}

/** An example that reads a hidden table would tell of it. */
export function namesNothingHidden(sql: string, { shown, parser }: KnownWorld): boolean {
  if (shown?.catalog.hiddenRelations === undefined) return true;
  return ground(parser, shown, sql).findings.every(({ what }) => what !== 'table');
}
