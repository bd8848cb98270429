/** What a name in the glossary means in a catalog: a table, or a column of one. */
import type { Catalog, Relation } from '../database/catalog.ts';
import { catalogLookup, readName } from '../database/catalogLookup.ts';

export interface Place {
  readonly relation: Relation;
  readonly column?: string | undefined;
}

/**
 * `shop.orders`, `shop.orders.state`, `orders.state`, `shop."Order Notes"`; a name without quotes may also be written in
 * the letters that it really has, for the glossary is no SQL.
 * @returns undefined where there is none
 */
export function resolvePlace(catalog: Catalog, written: string): Place | undefined {
  const readings = [readName(written), rawParts(written)];
  for (const parts of readings) {
    const found = parts === undefined ? undefined : placeOf(catalog, parts);
    if (found !== undefined) return found;
  }
  return undefined;
}

function rawParts(written: string): string[] | undefined {
  return written.includes('"') ? undefined : written.split('.').map((part) => part.trim());
}

function placeOf(catalog: Catalog, parts: readonly string[]): Place | undefined {
  const { relation } = catalogLookup(catalog);
  const [last = '', before, first] = [...parts].reverse();
  if (parts.length === 3 && before !== undefined) return columnOf(relation(first, before), last);
  if (parts.length > 2) return undefined;
  const table = relation(before, last);
  if (table !== undefined) return { relation: table };
  return before === undefined ? undefined : columnOf(relation(undefined, before), last);
}

function columnOf(relation: Relation | undefined, column: string): Place | undefined {
  return relation?.columns.some(({ name }) => name === column) === true ? { relation, column } : undefined;
}
