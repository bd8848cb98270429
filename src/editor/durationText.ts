/** A time as a person writes it: 30 s, 5 min, 1.5 h. Pure. */
import { KhipuError } from '../shared/errors.ts';

const units = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 } as const;
type Unit = keyof typeof units;

/**
 * In milliseconds; seconds are meant where no unit is given.
 * @throws KhipuError `invalid-input`
 */
export function parseDuration(text: string): number {
  const [, figure, unit = 's'] = /^(\d+(?:\.\d+)?)\s*(ms|s|min|h)?$/.exec(text.trim()) ?? [];
  const ms = Math.round(Number(figure) * units[unit as Unit]);
  if (figure === undefined || ms < 1)
    throw new KhipuError('invalid-input', 'A time such as 30 s, 5 min or 1 h.');
  // What Postgres itself takes for statement_timeout.
  if (ms > 2_147_483_647) throw new KhipuError('invalid-input', 'At most 596 h.');
  return ms;
}

/** In the largest unit that leaves no fraction. */
export function formatDuration(ms: number): string {
  const unit = (['h', 'min', 's'] as const).find((each) => ms % units[each] === 0) ?? 'ms';
  return `${ms / units[unit]} ${unit}`;
}
