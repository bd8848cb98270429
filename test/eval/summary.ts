/** What the results of an evaluation come to, as numbers and as a report for people. */
import type { Evaluated } from './evaluate.ts';

export interface Summary {
  /** Shares of the questions. */
  readonly strict: number;
  readonly lenient: number;
  /** SQL that ran, and SQL that ran at the model's first try. */
  readonly valid: number;
  readonly validAtFirst: number;
  /** SQL that ran after a correction. */
  readonly repaired: number;
  /** Asked back instead of answering. */
  readonly abstained: number;
  readonly questions: number;
  /** Means for one question. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly ms: number;
}

export function summarise(results: readonly Evaluated[]): Summary {
  const mean = (of: (result: Evaluated) => number): number =>
    results.length === 0 ? 0 : results.reduce((sum, each) => sum + of(each), 0) / results.length;
  const share = (holds: (result: Evaluated) => boolean): number => mean((each) => Number(holds(each)));
  const ran = ({ outcome }: Evaluated): boolean => outcome === 'answered';
  return {
    strict: share(({ strict }) => strict),
    lenient: share(({ lenient }) => lenient),
    valid: share(ran),
    validAtFirst: share((each) => ran(each) && each.corrections === 0),
    repaired: share((each) => ran(each) && each.corrections > 0),
    abstained: share(({ outcome }) => outcome === 'abstained'),
    questions: results.length,
    inputTokens: mean(({ inputTokens = 0 }) => inputTokens),
    outputTokens: mean(({ outputTokens = 0 }) => outputTokens),
    ms: mean(({ ms }) => ms),
  };
}

/** Markdown: the numbers, by database and by category, and every question that was not answered as the reference is. */
export function report(model: string, results: readonly Evaluated[]): string {
  const lines = [`# ${model}`, '', ...tableOf('', [['all', results]])];
  for (const by of ['database', 'category'] as const) {
    const groups = new Map<string, Evaluated[]>();
    for (const each of results) groups.set(each[by], [...(groups.get(each[by]) ?? []), each]);
    lines.push(
      '',
      ...tableOf(
        by,
        [...groups].sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    );
  }
  lines.push('', '## Not as the reference', '');
  for (const { database, question, outcome, lenient, sql, error } of results.filter(
    ({ strict }) => !strict,
  )) {
    lines.push(`- ${database}: ${question.replace(/\s+/g, ' ')} (${lenient ? 'more columns' : outcome})`);
    if (error !== undefined) lines.push(`  ${error.replace(/\s+/g, ' ')}`);
    if (sql !== undefined) lines.push('  ```sql', `  ${sql.replaceAll('\n', '\n  ')}`, '  ```');
  }
  return `${lines.join('\n')}\n`;
}

function tableOf(title: string, groups: readonly (readonly [string, readonly Evaluated[]])[]): string[] {
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  const rows = groups.map(([name, results]) => {
    const { questions, strict, lenient, valid, validAtFirst, abstained, inputTokens, outputTokens, ms } =
      summarise(results);
    const cells = [
      name,
      questions,
      percent(strict),
      percent(lenient),
      percent(valid),
      percent(validAtFirst),
      percent(abstained),
    ];
    return `| ${[...cells, `${inputTokens.toFixed()} / ${outputTokens.toFixed()}`, (ms / 1000).toFixed(2)].join(' | ')} |`;
  });
  return [
    `| ${title} | questions | strict | lenient | valid | valid at first | abstained | tokens in / out | seconds |`,
    '|---|---|---|---|---|---|---|---|---|',
    ...rows,
  ];
}
