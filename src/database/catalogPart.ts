/** What the parts of a catalog have in common: each is one kind of object, read with one query and kept until it changes. */
import type { CatalogSource } from './catalogSources.ts';
import type { Cells } from './catalogRows.ts';

/** Runs a query and hands over its rows, a slice at a time. */
export type EachRow = (sql: string, each: (cells: Cells) => void) => Promise<void>;

/** Tells what part is missing and why; throws the error again when it is not of the kind that a catalog can do without. */
export type NoteMissing = (label: string, error: unknown) => void;

/** One kind of object: where it comes from, and how it is read. */
export interface CatalogPart<Value> {
  /** In words, for what is missing. */
  readonly label: string;
  /** A catalog without it is none: an error while it is read ends the reading. */
  readonly essential: boolean;
  /** It is read again when one of these has changed. */
  readonly sources: readonly CatalogSource[];
  /**
   * @param note told of what only a share of the part could not be read for
   * @throws KhipuError of the server
   */
  readonly read: (eachRow: EachRow, note: NoteMissing) => Promise<Value>;
  /** What stands for it when it cannot be read. */
  readonly empty: Value;
}

/** Schemas that are the user's, in a query whose pg_namespace is `n`. */
export const ofUser = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND n.nspname NOT LIKE 'pg\\_temp\\_%' AND n.nspname NOT LIKE 'pg\\_toast\\_temp\\_%'`;

/** A part whose rows become a list. */
export function listPart<Item>(
  label: string,
  sources: readonly CatalogSource[],
  sql: string,
  toItem: (cells: Cells) => Item,
): CatalogPart<readonly Item[]> {
  const read = async (eachRow: EachRow): Promise<Item[]> => {
    const items: Item[] = [];
    await eachRow(sql, (cells) => items.push(toItem(cells)));
    return items;
  };
  return { label, essential: false, sources, read, empty: [] };
}

/** A part whose rows are grouped by the OID that they begin with: that of the relation they belong to. */
export function groupPart<Item>(
  label: string,
  sources: readonly CatalogSource[],
  sql: string,
  toItem: (cells: Cells) => Item,
): CatalogPart<ReadonlyMap<number, readonly Item[]>> {
  const read = async (eachRow: EachRow): Promise<Map<number, Item[]>> => {
    const groups = new Map<number, Item[]>();
    await eachRow(sql, (cells) => {
      const oid = Number(cells[0]);
      const group = groups.get(oid);
      if (group === undefined) groups.set(oid, [toItem(cells)]);
      else group.push(toItem(cells));
    });
    return groups;
  };
  return { label, essential: false, sources, read, empty: new Map() };
}
