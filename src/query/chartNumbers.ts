/** Cells as the numbers that a picture is drawn by. */

/** @returns undefined for NULL, NaN, infinity and what is no number */
export function numberOfText(cell: string | null | undefined): number | undefined {
  if (cell === null || cell === undefined || !/^[+-]?(?:\d|\.\d)/.test(cell)) return undefined;
  const value = Number(cell);
  return Number.isFinite(value) ? value : undefined;
}
