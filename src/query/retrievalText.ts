/** How the tables of a prompt came to be there, as Markdown for a person. */
import type {
  HitReasons,
  Retrieval,
  RetrievedPassage,
  RetrievedTable,
  ScorePart,
  VerifiedQuestion,
} from '../rag/retrieval.ts';
import { sourceName } from './documentText.ts';

/** Found, but not taken: so many are told of. */
const leftOut = 5;

const partNames: Readonly<Record<ScorePart, string>> = {
  table: 'table',
  name: 'its name',
  around: 'with neighbours',
  schema: 'schema',
  bestOfSchema: 'best of schema',
  vector: 'embedding',
};

/** A table of the tables, then what was found and left out, the values that the question names, examples, passages. */
export function renderRetrieval(retrieval: Retrieval): string[] {
  const { tables, ranking, values, examples, accepted, documents } = retrieval;
  const lines = ['| table | why | score | made of | words | columns |', '|---|---|---|---|---|---|'];
  for (const table of tables) lines.push(row(table));
  const taken = new Set(tables.map(({ schema, name }) => `${schema}.${name}`));
  const others = ranking.filter(({ id }) => !taken.has(id)).slice(0, leftOut);
  if (others.length > 0) {
    const told = others.map(({ id, score }) => `${cell(id)} (${score.toFixed(2)})`);
    lines.push('', `Next, and left out: ${told.join(', ')}.`);
  }
  for (const { value, table, column } of values)
    lines.push('', `‘${cell(value)}’ in the question is a value of ${cell(`${table}.${column}`)}.`);
  if (examples.length > 0) lines.push('', `Verified questions near it: ${quotedList(examples)}.`);
  if (accepted.length > 0) lines.push('', `Earlier questions near it: ${quotedList(accepted)}.`);
  if (documents.length > 0) lines.push('', ...passageRows(documents));
  return [...lines, ''];
}

function quotedList(questions: readonly VerifiedQuestion[]): string {
  return questions.map(({ question }) => `“${cell(question)}”`).join(', ');
}

function passageRows(documents: readonly RetrievedPassage[]): string[] {
  const rows = documents.map(
    (passage) =>
      `| ${cell(sourceName({ ...passage, ...passage.place, heading: [...passage.heading] }))} | ${passage.nearness.toFixed(2)} |`,
  );
  return ['| passage of a document | speaks of the question |', '|---|---|', ...rows];
}

function row({ schema, name, reason, score, why, columns }: RetrievedTable): string {
  const cells = [
    cell(`${schema}.${name}`),
    reason,
    score.toFixed(2),
    why === undefined ? '' : parts(why),
    why === undefined ? '' : matches(why),
    columns === undefined ? 'all' : cell(columns.join(', ')),
  ];
  return `| ${cells.join(' | ')} |`;
}

function parts(why: HitReasons): string {
  return Object.entries(partNames)
    .map(([part, told]) => ({ told, value: why.parts[part as ScorePart] }))
    .filter(({ value }) => value >= 0.005)
    .map(({ told, value }) => `${told} ${value.toFixed(2)}`)
    .join(' + ');
}

function matches({ matched }: HitReasons): string {
  return matched
    .map(({ asked, found, similarity }) =>
      similarity === 1 ? cell(asked) : `${cell(asked)} ~ ${cell(found)} ${similarity.toFixed(2)}`,
    )
    .join(', ');
}

/** Text that neither ends a cell of a table nor its row. */
function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[|\\]/g, '\\$&');
}
