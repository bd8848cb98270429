/** Entries of the glossary: as the lines that a model reads, and as a person is told of them. */
import type { GlossaryMatch, GlossaryUse } from '../rag/retrieval.ts';
import { tame } from './schemaText.ts';

/** What the form of the glossary allows goes through whole. */
const longestText = 600;

/** One line for each entry, sanitised and capped like everything else that is not the user's question. */
export function glossaryText(matches: readonly GlossaryMatch[]): string {
  return matches.map(line).join('\n');
}

function line({ kind, name, synonyms, text, sql, tables }: GlossaryMatch): string {
  const also = synonyms.length === 0 ? '' : ` (also: ${synonyms.map((each) => tame(each)).join(', ')})`;
  const formula = sql === undefined ? '' : ` = ${tame(sql, longestText)}`;
  const over = tables.length === 0 ? '' : ` [${tables.map((each) => tame(each)).join(', ')}]`;
  const meaning = text === '' ? '' : `: ${tame(text, longestText)}`;
  return `${kind} ${tame(name)}${also}${formula}${over}${meaning}`;
}

/** What was matched, what it brought, and what is wrong, as Markdown. */
export function renderGlossary({ matches, leftOut, faults }: GlossaryUse): string[] {
  const found = matches.map(({ kind, name, tables, asked }) => {
    const why =
      asked === undefined ? 'not named, and small enough to go along' : `‘${plain(asked)}’ in the question`;
    const brought = tables.length === 0 ? '' : `, about ${tables.map(plain).join(', ')}`;
    return `- Glossary: ${kind} **${plain(name)}** (${why})${brought}`;
  });
  const missed = leftOut.map((each) => `- Glossary: left out ${plain(each)}`);
  const wrong = faults.map((fault) => `- Glossary: ${plain(fault)}`);
  const lines = [...found, ...missed, ...wrong];
  return lines.length === 0 ? [] : [...lines, ''];
}

/** Text of a file in a line of Markdown, without meaning anything there. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*[\]<>|#]/g, '\\$&');
}
