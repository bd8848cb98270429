/** Where in its document a passage stands, in words. */

export interface SourcePlace {
  readonly unit: 'line' | 'page';
  /** The first and the last, from 1. */
  readonly from: number;
  readonly to: number;
}

/** `line 12`, `pages 3–4`. */
export function placeName({ unit, from, to }: SourcePlace): string {
  return from === to ? `${unit} ${from}` : `${unit}s ${from}–${to}`;
}
