/** Cells as the numbers that a picture is drawn by, and sums as cells. */
import type { Decimal } from './decimal.ts';

/** @returns undefined for NULL, NaN, infinity and what is no number */
export function numberOfText(cell: string | null | undefined): number | undefined {
  if (cell === null || cell === undefined || !/^[+-]?(?:\d|\.\d)/.test(cell)) return undefined;
  const value = Number(cell);
  return Number.isFinite(value) ? value : undefined;
}

/** As Postgres writes it, without zeros at the end. */
export function plainText({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? '-' : '';
  const all = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  const fraction = all.slice(all.length - scale).replace(/0+$/, '');
  return `${sign}${all.slice(0, all.length - scale)}${scale === 0 || fraction === '' ? '' : `.${fraction}`}`;
}
