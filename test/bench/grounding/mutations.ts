/** Names of a statement, each misspelt once as people and models misspell them. */
import type { SqlParser } from '../../../src/database/parse.ts';
import { bytesToUtf16 } from '../../../src/database/textPositions.ts';
import { list, stringOf } from '../../../src/query/columnNames.ts';

export interface NamePlace {
  /** As written there, without quotes. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Every place where a statement names a table, a column or a function, by the parser's tree. Names in quotes and stars are left out. */
export function namePlaces(parser: SqlParser, sql: string): NamePlace[] {
  const outcome = parser.parse(sql);
  if (!outcome.ok) return [];
  const places: NamePlace[] = [];
  const add = (name: string | undefined, location: unknown): void => {
    if (name === undefined) return;
    const start = bytesToUtf16(sql, typeof location === 'number' ? location : 0);
    // The last part of a qualified name.
    const written = /^(?:[\w$]+\s*\.\s*)*([\w$]+)/.exec(sql.slice(start));
    if (written?.[1]?.toLowerCase() !== name) return;
    const end = start + written[0].length;
    places.push({ name: written[1], start: end - written[1].length, end });
  };
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const each of node) visit(each);
    if (typeof node !== 'object' || node === null) return;
    for (const [type, fields] of Object.entries(node)) {
      if (type === 'ColumnRef') {
        const { location, fields: parts } = fields as Record<string, unknown>;
        add(stringOf(list(parts).at(-1)), location);
      }
      if (type === 'RangeVar') {
        const { relname, location } = fields as Record<string, unknown>;
        add(typeof relname === 'string' ? relname : undefined, location);
      }
      if (type === 'FuncCall') {
        const { location, funcname } = fields as Record<string, unknown>;
        add(stringOf(list(funcname).at(-1)), location);
      }
      visit(fields);
    }
  };
  for (const statement of outcome.statements) visit(statement.node);
  return places;
}

/** Slips of the finger and of the memory. */
export function misspellings(name: string): string[] {
  const middle = Math.floor(name.length / 2);
  const [before, after] = [name.slice(0, middle), name.slice(middle)];
  const found = [
    before + after.slice(1), // a letter left out
    before + after.charAt(0) + after, // a letter twice
    before.slice(0, -1) + after.charAt(0) + before.slice(-1) + after.slice(1), // two letters swapped
    name.endsWith('s') ? name.slice(0, -1) : `${name}s`, // singular for plural
    name.includes('_') ? name.replaceAll('_', '') : `${before}_${after}`, // joined or parted
    `${name}_id`,
    `${name}_name`,
  ];
  return [...new Set(found)].filter((each) => each !== name && each.length > 1);
}
