/** The statistics of a result in a few English sentences, the one that counts first. */
import type { ColumnFacts } from './columnFacts.ts';
import { isAdditive, roleOf } from './columnRole.ts';
import {
  add,
  compare,
  decimalText,
  divide,
  readDecimal,
  round,
  trimmed,
  type Decimal,
} from '../database/decimal.ts';
import type { ResultFacts } from './resultFacts.ts';
import { tame } from './schemaText.ts';

/** More than these nobody reads. */
const mostSentences = 6;

/** @returns at least one sentence */
export function insightSentences(facts: ResultFacts): string[] {
  const { columns, rows, columnsLeftOut } = facts;
  if (rows.length === 0) return ['No rows.'];
  const lead = rows.length === 1 ? singleRow(facts) : leading(facts);
  const others = columns.filter((column) => !lead.about.includes(column)).flatMap(columnSentence);
  const sentences = [countSentence(facts), ...lead.sentences, ...others].slice(0, mostSentences);
  const missing = rows.length === 1 ? [] : nullSentence(columns);
  const unseen = columnsLeftOut === 0 ? [] : [`${columnsLeftOut} more columns were not looked at.`];
  return [...sentences, ...missing, ...unseen];
}

/** The column that names the rows, and the one that measures them, where there are such. */
export function leadingColumns({ columns }: Pick<ResultFacts, 'columns'>): {
  readonly label: ColumnFacts | undefined;
  readonly measure: ColumnFacts | undefined;
} {
  const measure = columns.find((column) => roleOf(column) === 'measure' && column.numbers.count > 0);
  const labels = columns.filter(isLabel);
  const label =
    labels.find((column) => roleOf(column) === 'time') ??
    labels.find((column) => roleOf(column) === 'category') ??
    labels.find((column) => roleOf(column) === 'key' && column.family === 'text');
  return { label, measure };
}

/** Each row has another: it names the rows. */
function isLabel({ distinct, nulls, count }: ColumnFacts): boolean {
  return count > 1 && distinct === count - nulls && nulls <= 1;
}

interface Lead {
  readonly sentences: readonly string[];
  /** Columns of which all is said. */
  readonly about: readonly ColumnFacts[];
}

function countSentence({ rows, complete }: ResultFacts): string {
  if (!complete) return `The first ${grouped(rows.length)} rows were looked at; there are more.`;
  return rows.length === 1 ? '1 row.' : `${grouped(rows.length)} rows.`;
}

/** Of one row its values are what there is to say. */
function singleRow({ columns, rows }: ResultFacts): Lead {
  const parts = columns.flatMap((column) => {
    const cell = rows[0]?.[column.index];
    return cell === null || cell === undefined ? [] : `${nameOf(column)} is ${valueText(column, cell)}`;
  });
  return { sentences: parts.length === 0 ? [] : [`${joined(parts.slice(0, 3))}.`], about: columns };
}

/** What two columns say together: a course over time, or shares of categories. */
function leading(facts: ResultFacts): Lead {
  const { label, measure } = leadingColumns(facts);
  if (measure === undefined) return { sentences: [], about: [] };
  if (label === undefined) return { sentences: [spread(measure)], about: [measure] };
  if (label.family === 'date') return { sentences: course(facts, label, measure), about: [label, measure] };
  return { sentences: [ranking(facts, label, measure)], about: [label, measure] };
}

/** `revenue sums to 1,234.50; the largest is Peru with 420.00 (34 %).` */
function ranking({ rows }: ResultFacts, label: ColumnFacts, measure: ColumnFacts): string {
  const { sum, least, greatest, hasNegative } = measure.numbers;
  if (least === undefined || greatest === undefined) return spread(measure);
  const total = isAdditive(measure) ? `${nameOf(measure)} sums to ${decimalText(sum)}; the` : 'The';
  const subject = isAdditive(measure) ? '' : ` ${nameOf(measure)}`;
  if (compare(least.value, greatest.value) === 0)
    return `${nameOf(measure)} is ${decimalText(greatest.value)} in every row.`;
  const share = isAdditive(measure) && !hasNegative ? percentage(greatest.value, sum) : undefined;
  const most = `${labelAt(rows, label, greatest.row)} with ${decimalText(greatest.value)}`;
  const fewest = `${labelAt(rows, label, least.row)} with ${decimalText(least.value)}`;
  return `${total} largest${subject} is ${most}${share === undefined ? '' : ` (${share})`}, the smallest ${fewest}.`;
}

/** `revenue goes from 100 (2024-01) to 250 (2024-12), +150 %; it peaks at 400 (2024-07).` */
function course({ rows }: ResultFacts, time: ColumnFacts, measure: ColumnFacts): string[] {
  const { first, last } = time.dates;
  const { sum, greatest } = measure.numbers;
  if (first === undefined || last === undefined || greatest === undefined) return [spread(measure)];
  const [from, to] = [first.row, last.row].map((row) => numberAt(rows, measure, row));
  const total = isAdditive(measure) ? `, ${decimalText(sum)} in all` : '';
  const peak = `it peaks at ${decimalText(greatest.value)} (${labelAt(rows, time, greatest.row)})${total}.`;
  if (from === undefined || to === undefined) return [`${nameOf(measure)}: ${peak}`];
  const change = changeText(from, to);
  const ends = `from ${decimalText(from)} (${dayText(first.text)}) to ${decimalText(to)} (${dayText(last.text)})`;
  return [`${nameOf(measure)} goes ${ends}${change === undefined ? '' : `, ${change}`}; ${peak}`];
}

/** `amount lies between 1.00 and 999.00, 57.20 on average.` */
function spread(column: ColumnFacts): string {
  const { least, greatest, sum, count } = column.numbers;
  if (least === undefined || greatest === undefined) return `${nameOf(column)} holds no number.`;
  if (compare(least.value, greatest.value) === 0)
    return `${nameOf(column)} is ${decimalText(greatest.value)} wherever it has a value.`;
  const between = `${nameOf(column)} lies between ${decimalText(least.value)} and ${decimalText(greatest.value)}`;
  const mean = divide(sum, { digits: BigInt(count), scale: 0 }, 6);
  const total = isAdditive(column) ? `, ${decimalText(sum)} in all` : '';
  return `${between}${mean === undefined ? '' : `, ${decimalText(trimmed(round(mean, 2)))} on average`}${total}.`;
}

function columnSentence(column: ColumnFacts): string[] {
  const { distinct, count, nulls, frequent, dates, unusable } = column;
  if (nulls === count) return [];
  switch (roleOf(column)) {
    case 'measure':
      return [`${spread(column)}${unusable > 0 ? ` ${unusable} are not finite numbers.` : ''}`];
    case 'time':
      return dates.first === undefined || dates.last === undefined
        ? []
        : [`${nameOf(column)} runs from ${dayText(dates.first.text)} to ${dayText(dates.last.text)}.`];
    case 'category': {
      const [top] = frequent;
      if (top === undefined || distinct === count - nulls) return [];
      const most = `${valueText(column, top[0])} (${grouped(top[1])} of ${grouped(count)})`;
      return distinct === 1
        ? [`${nameOf(column)} is always ${valueText(column, top[0])}.`]
        : [`${nameOf(column)} has ${grouped(distinct)} values, most often ${most}.`];
    }
    case 'key':
    case 'other':
      return [];
  }
}

function nullSentence(columns: readonly ColumnFacts[]): string[] {
  const lacking = columns.filter(({ nulls }) => nulls > 0).slice(0, 3);
  if (lacking.length === 0) return [];
  const parts = lacking.map(
    (column) => `${nameOf(column)} in ${grouped(column.nulls)} of ${grouped(column.count)}`,
  );
  return [`NULL: ${joined(parts)}.`];
}

/** What a person reads of a name or a value: nothing that turns or hides text, and not much of it. */
function plain(text: string): string {
  const tamed = tame(text, 60);
  return tamed === '' ? '(empty)' : tamed;
}

function nameOf({ name }: ColumnFacts): string {
  return plain(name);
}

function valueText(column: ColumnFacts, text: string): string {
  const number = column.family === 'number' && roleOf(column) === 'measure' ? readDecimal(text) : undefined;
  if (number !== undefined) return decimalText(number);
  return column.family === 'date' ? dayText(text) : plain(text);
}

function labelAt(rows: ResultFacts['rows'], column: ColumnFacts, row: number): string {
  const cell = rows[row]?.[column.index];
  return cell === null || cell === undefined ? 'NULL' : valueText(column, cell);
}

function numberAt(rows: ResultFacts['rows'], column: ColumnFacts, row: number): Decimal | undefined {
  const cell = rows[row]?.[column.index];
  return cell === null || cell === undefined ? undefined : readDecimal(cell);
}

/** A timestamp at midnight is the day. */
function dayText(text: string): string {
  return plain(text.replace(/ 00:00:00(?:[+-]\d\d(?::\d\d)?)?(?= BC$|$)/, ''));
}

/** `34 %`, to a tenth below 10; undefined where there is nothing to have a share of. */
function percentage(part: Decimal, whole: Decimal): string | undefined {
  const hundredfold = { digits: part.digits * 100n, scale: part.scale };
  const share = divide(hundredfold, whole, 1);
  if (share === undefined) return undefined;
  const isSmall = share.digits > -100n && share.digits < 100n;
  return `${decimalText(isSmall ? trimmed(share) : round(share, 0))} %`;
}

/** `+150 %`; undefined where it began at or below 0, for then no percentage says it. */
function changeText(from: Decimal, to: Decimal): string | undefined {
  if (from.digits <= 0n) return undefined;
  const difference = add(to, { digits: -from.digits, scale: from.scale });
  const words = percentage(difference, from);
  return words === undefined || difference.digits < 0n ? words : `+${words}`;
}

function joined(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

function grouped(count: number): string {
  return decimalText({ digits: BigInt(count), scale: 0 });
}
