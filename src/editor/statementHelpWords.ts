/** What a model says of a statement, and what was measured of it, in words. */
import type { StatementHelp } from '../query/statementHelp.ts';

/** In one line, beside the change. */
export function verdictWords(found: StatementHelp): string {
  const { kind, explanation, costBefore, costAfter } = found;
  const cost =
    kind === 'optimise' && costBefore !== undefined && costAfter !== undefined
      ? costWords(costBefore, costAfter)
      : costAfter === undefined
        ? 'It was parsed and not planned, for it writes or has parameters.'
        : 'Its names exist, and the server plans it.';
  const same = kind === 'optimise' ? ' Whether it gives the same rows is not checked.' : '';
  return `${[explanation, ...found.points].join(' ')} ${cost}${same} (${found.model})`;
}

/** Both figures are the planner's own. */
export function costWords(before: number, after: number): string {
  const figures = `the planner’s estimated cost was ${before.toLocaleString('en-US')} and is ${after.toLocaleString('en-US')}`;
  return after < before ? `Cheaper: ${figures}.` : `No cheaper: ${figures}.`;
}

/** As Markdown in which nothing of the model's text has a meaning: no picture is fetched, no link is made. */
export function explanationText(found: StatementHelp, sql: string): string {
  const { kind, explanation, points, model, notices, costBefore } = found;
  const nothing = kind === 'explain' ? [] : ['The model proposes no other SQL.', ''];
  const cost =
    costBefore === undefined
      ? []
      : ['', `The planner’s estimated cost of it is ${costBefore.toLocaleString('en-US')}.`];
  const lines = [
    '# The statement',
    '',
    fence(sql),
    '',
    ...nothing,
    plain(explanation),
    '',
    ...points.map((point) => `- ${plain(point)}`),
    ...cost,
    ...notices.map((notice) => `\n${plain(notice)}`),
    '',
    `Written by ${plain(model)}. *Khipu: Show What Was Sent* has the whole request.`,
  ];
  return `${lines.join('\n')}\n`;
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]()#+!<>|~&]/g, '\\$&');
}

/** A fence longer than any run of backticks inside. */
function fence(sql: string): string {
  const longest = Math.max(2, ...[...sql.matchAll(/`+/g)].map((run) => run[0].length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}sql\n${sql}\n${ticks}`;
}
