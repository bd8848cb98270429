/** What a statement did, or would do, in words: one sentence for each state that changes can be in. */
import type { Changes, ChangesOutcome, StatementEffect } from '../src/shared/changesProtocol.ts';

const verbs: Readonly<Record<string, string>> = {
  INSERT: 'added to',
  UPDATE: 'updated in',
  DELETE: 'deleted from',
  MERGE: 'changed in',
};

/** `3 rows would be updated in shop.orders`, without a full stop. */
export function effectWords(
  { command, table, count }: StatementEffect,
  outcome: ChangesOutcome,
  locale?: string,
): string {
  if (count === undefined) return `${command === '' ? 'The statement' : command} ${ranWords[outcome]}`;
  const rows = rowWords(count, locale);
  const verb = verbs[command];
  if (verb === undefined || table === undefined) return `${command} gave ${rows}`;
  const were = count < 2 ? 'was' : 'were';
  const tense = {
    pending: 'would be',
    committed: were,
    'rolled-back': 'would have been',
    unknown: 'may have been',
  };
  return `${count === 0 ? 'No row' : rows} ${tense[outcome]} ${verb} ${table}`;
}

const ranWords: Readonly<Record<ChangesOutcome, string>> = {
  pending: 'has run',
  committed: 'has run',
  'rolled-back': 'had run',
  unknown: 'has run',
};

/** The sentence of the bar, without what became of it. */
export function changesWords(
  { statements, outcome }: Pick<Changes, 'statements' | 'outcome'>,
  locale?: string,
): string {
  const [only, second] = statements;
  if (only === undefined) return 'No statement has run';
  if (second === undefined) return effectWords(only, outcome, locale);
  const changed = statements
    .filter(({ command }) => command in verbs)
    .reduce((sum, { count }) => sum + (count ?? 0), 0);
  const rows = changed === 0 ? 'no row' : rowWords(changed, locale);
  const tense = {
    pending: 'would be',
    committed: '',
    'rolled-back': 'would have been',
    unknown: 'may have been',
  };
  return `${statements.length} statements, ${`${rows} ${tense[outcome]}`.trim()} changed`;
}

/** `UPDATE shop.orders: 3 rows`. */
export function shortWords({ command, table, count }: StatementEffect, locale?: string): string {
  const what = [command === '' ? 'Statement' : command, table].filter((part) => part !== undefined).join(' ');
  return count === undefined ? what : `${what}: ${rowWords(count, locale)}`;
}

/** What became of it, or has to be decided: the end of the sentence. */
export function outcomeWords({ outcome, inTransaction }: Pick<Changes, 'outcome' | 'inTransaction'>): string {
  switch (outcome) {
    case 'pending':
      return inTransaction ? 'in the open transaction, not committed' : 'not committed';
    case 'committed':
      return 'committed';
    case 'rolled-back':
      return 'rolled back, nothing was changed';
    case 'unknown':
      return 'not known whether it was committed';
  }
}

/** What the sample is of: `The first 200 of 1,000 rows`. */
export function sampleWords({ sample, count, showsChange }: StatementEffect, locale?: string): string {
  const shown = sample.length;
  const what = showsChange ? 'as it changes them' : 'as it gave them';
  if (count === undefined || shown >= count) return `${rowWords(shown, locale)}, ${what}`;
  return `The first ${shown.toLocaleString(locale)} of ${rowWords(count, locale)}, ${what}`;
}

function rowWords(count: number, locale: string | undefined): string {
  return count === 1 ? '1 row' : `${count.toLocaleString(locale)} rows`;
}
