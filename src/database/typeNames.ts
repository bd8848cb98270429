/** The columns of a result as they are shown, with Postgres's own names of their types, which are asked for once. */
import type { ResultColumn } from '../shared/resultsProtocol.ts';
import type { StreamColumn } from './rowStream.ts';
import type { Session } from './session.ts';

/** Types whose values are read as quantities, by OID of pg_type: int2/4/8, oid, float4/8, money, numeric. */
const numericTypes = new Set([20, 21, 23, 26, 700, 701, 790, 1700]);

/** What is known of one database: of each type and modifier the name. The catalog's next reading forgets it, for types can be renamed. */
export class TypeNames {
  readonly #names = new Map<string, string>();

  get(column: StreamColumn): string | undefined {
    return this.#names.get(keyOf(column));
  }

  set(column: StreamColumn, name: string): void {
    this.#names.set(keyOf(column), name);
  }

  forget(): void {
    this.#names.clear();
  }
}

function keyOf({ typeOid, typeModifier }: StreamColumn): string {
  return `${typeOid} ${typeModifier}`;
}

/**
 * Columns with the names of their types.
 * @param known what need not be asked for; left out in a transaction that may itself have changed types
 * @throws KhipuError of the server, or `cancelled`
 */
export async function describeColumns(
  session: Session,
  found: readonly StreamColumn[],
  signal: AbortSignal,
  known = new TypeNames(),
): Promise<ResultColumn[]> {
  const unknown = found.filter((column) => known.get(column) === undefined);
  if (unknown.length > 0) await ask(session, unknown, known, signal);
  return found.map((column): ResultColumn => ({
    name: column.name,
    type: known.get(column) ?? '???',
    align: numericTypes.has(column.typeOid) ? 'right' : 'left',
  }));
}

async function ask(
  session: Session,
  columns: readonly StreamColumn[],
  known: TypeNames,
  signal: AbortSignal,
): Promise<void> {
  const { rows } = await session.query(
    {
      text: `SELECT format_type(oid::oid, modifier::int)
               FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (oid, modifier, place) ORDER BY place`,
      values: [
        columns.map((column) => `${column.typeOid}`),
        columns.map((column) => `${column.typeModifier}`),
      ],
    },
    signal,
  );
  columns.forEach((column, index) => known.set(column, rows[index]?.[0] ?? '???'));
}
