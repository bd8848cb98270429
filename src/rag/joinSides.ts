/** The sides of a join in the glossary. */

/** One column or several. */
export function sides(side: string | readonly string[]): readonly string[] {
  return typeof side === 'string' ? [side] : side;
}
