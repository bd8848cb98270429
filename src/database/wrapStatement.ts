/**
 * Wraps a statement in another that sorts and filters its rows. The columns are named by their place, for two may share a name;
 * outside they have their own names again. What it gives is text: the guard judges it like any other.
 */
import type { Arrangement, RowFilter, SortKey } from '../shared/arrangement.ts';
import { KhipuError } from '../shared/errors.ts';
import type { ResultColumn } from '../shared/resultsProtocol.ts';
import { quoteIdentifier } from './identifier.ts';
import type { ParameterValue } from './parameters.ts';

/** A statement as it is written, and what is bound to its parameters. */
export interface BoundText {
  readonly text: string;
  readonly values: readonly ParameterValue[];
}

/** Types that Postgres can neither compare nor sort: their text is. */
const textOnly = /^(json|xml|point|line|lseg|box|path|polygon|circle|xid|cid|aclitem|refcursor)(\[\])?$/;
/** Compared with any number, not only with whole ones. */
const whole = /^(smallint|integer|bigint)$/;

/**
 * @param inner a statement that gives rows, without a `;`
 * @param columns those of its result
 * @throws KhipuError `invalid-input` for a column that there is not
 */
export function wrapStatement(
  inner: BoundText,
  columns: readonly ResultColumn[],
  { sort, filters }: Arrangement,
): BoundText {
  const wrapping = new Wrapping(inner.values, columns);
  const shown = columns.map(({ name }, index) => `result.c${index + 1} AS ${quoteIdentifier(name)}`);
  const conditions = filters.map((filter) => wrapping.condition(filter));
  const keys = sort.map((key) => wrapping.sortKey(key));
  const text = [
    `SELECT ${shown.join(', ')}`,
    fromStatement(inner.text, columns.length),
    ...(conditions.length === 0 ? [] : [`WHERE ${conditions.join('\n  AND ')}`]),
    ...(keys.length === 0 ? [] : [`ORDER BY ${keys.join(', ')}`]),
  ].join('\n');
  return { text, values: wrapping.values };
}

/** A statement as the table `result` with the columns `c1`, `c2`…: the bracket is on a line of its own, so that no comment swallows it. */
export function fromStatement(text: string, columns: number): string {
  const places = Array.from({ length: columns }, (_, index) => `c${index + 1}`);
  return `FROM (\n${text}\n) AS result(${places.join(', ')})`;
}

class Wrapping {
  readonly values: ParameterValue[];
  readonly #columns: readonly ResultColumn[];

  constructor(values: readonly ParameterValue[], columns: readonly ResultColumn[]) {
    this.values = [...values];
    this.#columns = columns;
  }

  /** NULL stands last in both directions: what people look for is on top. */
  sortKey({ column, descending }: SortKey): string {
    return `${this.#compared(column)} ${descending ? 'DESC' : 'ASC'} NULLS LAST`;
  }

  condition(filter: RowFilter): string {
    const { column } = filter;
    const plain = `result.c${column + 1}`;
    const compared = this.#compared(column);
    const type = this.#type(column);
    switch (filter.test) {
      case 'contains': {
        const sought = `pg_catalog.lower(${this.#bind(filter.text)}::text)`;
        return `pg_catalog.strpos(pg_catalog.lower(${plain}::text), ${sought}) > 0`;
      }
      case 'equals':
        return `${compared} = ${this.#operand(filter.value, type)}`;
      case 'less':
        return `${compared} < ${this.#operand(filter.value, type)}`;
      case 'greater':
        return `${compared} > ${this.#operand(filter.value, type)}`;
      case 'between':
        return `${compared} BETWEEN ${this.#operand(filter.low, type)} AND ${this.#operand(filter.high, type)}`;
      case 'values':
        return this.#oneOf(filter.values, plain, compared, type);
      case 'empty':
        return `${plain}::text = ''`;
      case 'null':
        return `${plain} IS NULL`;
      case 'not-null':
        return `${plain} IS NOT NULL`;
    }
  }

  #oneOf(values: readonly (string | null)[], plain: string, compared: string, type: string): string {
    const given = values.filter((value) => value !== null).map((value) => this.#operand(value, type));
    const parts = [
      ...(given.length === 0 ? [] : [`${compared} IN (${given.join(', ')})`]),
      ...(values.includes(null) ? [`${plain} IS NULL`] : []),
    ];
    return `(${parts.join(' OR ')})`;
  }

  #type(column: number): string {
    const found = this.#columns[column];
    if (found === undefined || !Number.isInteger(column))
      throw new KhipuError('invalid-input', `There is no column ${column + 1} in this result.`);
    return found.type;
  }

  #compared(column: number): string {
    return `result.c${column + 1}${textOnly.test(this.#type(column)) ? '::text' : ''}`;
  }

  /** A value takes the type of what it is compared with. */
  #operand(value: string, type: string): string {
    return whole.test(type) ? `${this.#bind(value)}::numeric` : this.#bind(value);
  }

  #bind(value: string): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}
