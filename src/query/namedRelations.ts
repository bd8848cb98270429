/** Which tables a text of SQL names, also one that does not parse, or that writes. */
import { qualified, type Relation } from '../database/catalog.ts';
import type { NameIndex } from './ground.ts';

/** More tables than these nobody reads about one statement. */
const mostRelations = 20;

const word = /"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*/gu;

/** Relations of the catalog whose name is a word of the text; of two schemas both, unless the text names one of them. */
export function namedRelations(sql: string, { lookup }: NameIndex): Relation[] {
  const words = new Set(
    (sql.match(word) ?? []).map((each) =>
      each.startsWith('"') ? each.slice(1, -1).replaceAll('""', '"') : each.toLowerCase(),
    ),
  );
  const found = [...words].flatMap((name) => {
    const all = lookup.relationsNamed.get(name) ?? [];
    const inNamed = all.filter(({ schema }) => words.has(schema));
    return inNamed.length > 0 ? inNamed : all;
  });
  return found.slice(0, mostRelations);
}

/** Whether the text names a table that models are not told of. */
export function namesHidden(sql: string, full: NameIndex, hidden: ReadonlySet<string>): boolean {
  return namedRelations(sql, full).some(({ schema, name }) => hidden.has(qualified(schema, name)));
}
