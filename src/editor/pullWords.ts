/** How far a pull is, in words. */
import type { PullProgress } from '../models/ollamaPull.ts';

/** Between 0 and 1, of what is known to be needed. */
export function pulledShare({ completed, total }: PullProgress): number {
  return total === 0 ? 0 : completed / total;
}

/** `1.2 of 5.2 GB (23 %)`; before and after the bytes, what the server does. */
export function pullWords(state: PullProgress): string {
  const { step, completed, total } = state;
  if (total === 0 || step !== 'pulling') return step;
  const [divisor, unit, digits] = total < 1e9 ? [1e6, 'MB', 0] : [1e9, 'GB', 1];
  const amount = (bytes: number): string => (bytes / divisor).toFixed(digits);
  return `${amount(completed)} of ${amount(total)} ${unit} (${Math.floor(pulledShare(state) * 100)} %)`;
}
