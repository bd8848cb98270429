/** How a question of the history is shown in the sidebar. Pure. */
import type { HistoryEntry } from '../rag/history.ts';

export interface QuestionLook {
  readonly label: string;
  readonly description: string;
  /** A codicon. */
  readonly icon: string;
  /** One of VS Code's colours. */
  readonly colour: string;
  /** Lines of the tooltip, above the SQL. */
  readonly facts: readonly string[];
  /** What a screen reader says. */
  readonly spoken: string;
}

/** `en-GB` in tests; the user's own where it is left out. */
export type Locale = string | undefined;

const looks = {
  verified: { icon: 'verified-filled', colour: 'charts.green', words: 'Answered by a verified question' },
  rows: { icon: 'pass', colour: 'charts.green', words: 'Answered' },
  written: { icon: 'sparkle', colour: 'charts.blue', words: 'SQL written, not run' },
  'asked-back': { icon: 'question', colour: 'charts.yellow', words: 'The model asked back' },
  failed: { icon: 'error', colour: 'problemsErrorIcon.foreground', words: 'Failed' },
  cancelled: { icon: 'circle-slash', colour: 'disabledForeground', words: 'Cancelled' },
} as const;

/** What became of a question, as an icon and in words. */
export function outcomeLook({ source, outcome }: HistoryEntry): (typeof looks)[keyof typeof looks] {
  return looks[source === 'verified' && outcome === 'rows' ? 'verified' : outcome];
}

export function questionLook(entry: HistoryEntry, locale?: Locale): QuestionLook {
  const { question, connection, source, model, outcome, error, accepted } = entry;
  const { icon, colour, words } = outcomeLook(entry);
  const label = question.replace(/\s+/g, ' ').trim();
  const at = new Date(entry.at);
  const time = at.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' });
  const by = source === 'verified' ? 'verified' : model;
  const took = entry.ms === undefined ? undefined : durationWords(entry.ms);
  const day = at.toLocaleDateString(locale, { dateStyle: 'medium' });
  return {
    label,
    description: joined([time, connection, by, took]),
    icon,
    colour,
    facts: [
      joined([words, by === 'verified' ? undefined : model, connection]),
      joined([`${day}, ${time}`, took, tokenWords(entry)]),
      ...(outcome === 'failed' && error !== undefined ? [error] : []),
      ...(accepted === true ? ['You went on with its SQL: it is an example for the next question.'] : []),
    ],
    spoken: [label, words.toLowerCase(), time, connection, by].filter(Boolean).join(', '),
  };
}

/** `820 ms`, `2.3 s`, `3 min 5 s`. */
export function durationWords(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `1,204 tokens in, 80 out`; undefined where no model said any. */
export function tokenWords({
  inputTokens,
  outputTokens,
}: Pick<HistoryEntry, 'inputTokens' | 'outputTokens'>): string | undefined {
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return `${grouped(inputTokens)} tokens in, ${grouped(outputTokens)} out`;
}

/** `1,204`; a question mark for what is not known. Without Intl, which takes its time when it is first used. */
function grouped(count: number | undefined): string {
  return count === undefined ? '?' : String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The day of a moment where the user is, as YYYY-MM-DD. */
export function dayOf(moment: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** `Today`, `Yesterday`, or the date. @param day as YYYY-MM-DD */
export function dayName(day: string, now: Date, locale?: Locale): string {
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (day === dayOf(now)) return 'Today';
  if (day === dayOf(yesterday)) return 'Yesterday';
  const sameYear = day.startsWith(`${now.getFullYear()}-`);
  return new Date(`${day}T12:00:00`).toLocaleDateString(locale, {
    ...{ weekday: 'long', day: 'numeric', month: 'long' },
    ...(sameYear ? {} : { year: 'numeric' }),
  });
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}
