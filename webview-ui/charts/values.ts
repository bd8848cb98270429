/** Cells as places on an axis: Postgres's text turned into numbers, as exactly as a picture needs. */

/** @returns undefined for what has no place: NaN, infinity, and what is not a number */
export function numberOf(cell: string | null | undefined): number | undefined {
  if (cell === null || cell === undefined || !/^[+-]?(?:\d|\.\d)/.test(cell)) return undefined;
  const value = Number(cell);
  return Number.isFinite(value) ? value : undefined;
}

const written =
  /^(\d{4,6})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,3})\d*)?)?(?:[+-]\d\d(?::?\d\d){0,2})?( BC)?$/;

/**
 * The time that the text shows on its clock, as if it were UTC: the axis then has the words of the cells.
 * @returns milliseconds since 1970; undefined for infinity, and for what no `Date` holds
 */
export function timeOf(cell: string | null | undefined): number | undefined {
  const match = cell === null || cell === undefined ? null : written.exec(cell);
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', era] = match;
  const time = new Date(0);
  // The year before 1 AD is 1 BC: there is no year 0 in Postgres, and one in `Date`.
  time.setUTCFullYear(era === undefined ? Number(year) : 1 - Number(year), Number(month) - 1, Number(day));
  time.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, '0')));
  const at = time.getTime();
  return Number.isNaN(at) ? undefined : at;
}
