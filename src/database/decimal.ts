/**
 * Numbers as Postgres writes them, added and divided without loss. They keep their places behind the point, as `numeric` does:
 * libraries of decimals make 1.5 of 1.50.
 */

/** `digits` × 10^-`scale`; scale is 0 or more. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

export const zero: Decimal = { digits: 0n, scale: 0 };

/** Longer texts, which may have been cut, and larger exponents are not worked with: they would take long, and mean nothing to a reader. */
const longestText = 120;
const largestExponent = 400;

const written = /^([+-]?)(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;

/** @returns undefined for what is not a finite number: NaN, Infinity, or a text too long to be worked with */
export function readDecimal(text: string): Decimal | undefined {
  if (text.length > longestText) return undefined;
  const match = written.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', power = '0'] = match;
  const exponent = Number(power);
  if (Math.abs(exponent) > largestExponent) return undefined;
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`);
  const scale = fraction.length - exponent;
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

function atScale({ digits, scale }: Decimal, wanted: number): bigint {
  return digits * 10n ** BigInt(wanted - scale);
}

export function add(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  return { digits: atScale(left, scale) + atScale(right, scale), scale };
}

/** Negative, 0 or positive, as `left` is less than, equal to or greater than `right`. */
export function compare(left: Decimal, right: Decimal): number {
  const scale = Math.max(left.scale, right.scale);
  const difference = atScale(left, scale) - atScale(right, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The quotient rounded half away from zero to `places` behind the point; undefined when divided by 0. */
export function divide(left: Decimal, right: Decimal, places: number): Decimal | undefined {
  if (right.digits === 0n) return undefined;
  const over = left.digits * 10n ** BigInt(right.scale + places);
  return { digits: roundedQuotient(over, right.digits * 10n ** BigInt(left.scale)), scale: places };
}

/** Rounded half away from zero. */
export function round(value: Decimal, places: number): Decimal {
  if (value.scale <= places) return value;
  return {
    digits: roundedQuotient(value.digits, 10n ** BigInt(value.scale - places)),
    scale: places,
  };
}

function roundedQuotient(over: bigint, under: bigint): bigint {
  const isNegative = over < 0n !== under < 0n;
  const [top, bottom] = [over < 0n ? -over : over, under < 0n ? -under : under];
  const quotient = (2n * top + bottom) / (2n * bottom);
  return isNegative ? -quotient : quotient;
}

/** Without zeros at the end. */
export function trimmed({ digits, scale }: Decimal): Decimal {
  return scale > 0 && digits % 10n === 0n
    ? trimmed({ digits: digits / 10n, scale: scale - 1 })
    : { digits, scale };
}

/** The power of ten of its first digit. */
export function exponentOf({ digits, scale }: Decimal): number {
  return (digits < 0n ? -digits : digits).toString().length - 1 - scale;
}

/** More zeros than these nobody counts. */
const longestPlain = 40;

/** Every digit as Postgres would write it, without zeros at the end: `-1234.5`; far from the point `1.5e-300`. */
export function plainText(value: Decimal): string {
  const { digits, scale } = trimmed(value);
  const sign = digits < 0n ? '-' : '';
  const all = (digits < 0n ? -digits : digits).toString();
  const exponent = exponentOf(value);
  if (digits !== 0n && Math.abs(exponent) > longestPlain) {
    const fraction = all.slice(1).replace(/0+$/, '');
    const power = `e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
    return `${sign}${all.slice(0, 1)}${fraction === '' ? '' : `.${fraction}`}${power}`;
  }
  const padded = all.padStart(scale + 1, '0');
  const whole = padded.slice(0, padded.length - scale);
  return `${sign}${whole}${scale === 0 ? '' : `.${padded.slice(padded.length - scale)}`}`;
}

/** More digits than this before the point are written as a power of ten. */
const mostDigits = 24;

/** As a person reads it: `-1,234.50`; very large ones as `1.234e+40`. All digits behind the point are kept. */
export function decimalText({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? '-' : '';
  const all = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  const whole = all.slice(0, all.length - scale);
  const fraction = all.slice(all.length - scale);
  if (whole.length > mostDigits) return `${sign}${whole[0] ?? ''}.${whole.slice(1, 4)}e+${whole.length - 1}`;
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return `${sign}${grouped}${fraction === '' ? '' : `.${fraction}`}`;
}
