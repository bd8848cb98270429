/** What a chart takes from the theme: fonts, and colours as Vega can mix them. */

/** Colours are `#rrggbb`. */
export interface Look {
  readonly font: string;
  /** In pixels. */
  readonly fontSize: number;
  readonly background: string;
  readonly foreground: string;
  readonly muted: string;
  readonly line: string;
  /** The colours of series, in the order in which they are used. */
  readonly series: readonly string[];
  /** From little to much. */
  readonly ramp: readonly string[];
  readonly highContrast: boolean;
}

type Rgb = readonly [number, number, number];

/** `share` of `colour` over `other`, both `#rrggbb`. */
export function mix(colour: string, other: string, share: number): string {
  const [from, to] = [rgbOf(other), rgbOf(colour)];
  return hexOf(from.map((part, place) => part + ((to[place] ?? part) - part) * share));
}

function rgbOf(hex: string): Rgb {
  const part = (place: number): number => Number.parseInt(hex.slice(place, place + 2), 16);
  return [part(1), part(3), part(5)];
}

/** `#rrggbb` of red, green and blue from 0 to 255. */
export function hexOf(parts: readonly number[]): string {
  return `#${parts.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}
