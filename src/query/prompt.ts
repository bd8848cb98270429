/** The messages that a model is sent: the wording of the templates, and what comes from the database fenced off. */
import { randomBytes } from 'node:crypto';
import type { Catalog } from '../database/catalog.ts';
import type { ChatMessage } from '../models/chatModel.ts';
import type { GlossaryMatch, RetrievedPassage, ValueMatch, VerifiedQuestion } from '../rag/retrieval.ts';
import { conversationMessages, type Turn } from './conversation.ts';
import { glossaryText } from './glossaryText.ts';
import { documentText } from './documentText.ts';
import { conversationRule, repairWords, rules } from './promptTemplates.ts';
import { schemaText, tame, type ShownRelation } from './schemaText.ts';

export interface PromptInput {
  readonly question: string;
  /** What it goes on from, oldest first; nothing when left out. */
  readonly earlier?: readonly Turn[];
  readonly catalog: Catalog;
  readonly relations: readonly ShownRelation[];
  /** Values of their columns that the question names. */
  readonly values: readonly ValueMatch[];
  /** Entries of the glossary. */
  readonly glossary?: readonly GlossaryMatch[] | undefined;
  readonly examples: readonly VerifiedQuestion[];
  /** Questions whose SQL the user accepted once. */
  readonly accepted: readonly VerifiedQuestion[];
  /** Passages of the user's documents. */
  readonly documents: readonly RetrievedPassage[];
  /** Today's date as YYYY-MM-DD, for questions such as "last month". */
  readonly today: string;
  /** Delimits what comes from the database; random, so that no comment in it can end the fence. */
  readonly fence: string;
}

/** A fence that nothing in the database can foresee. */
export function randomFence(): string {
  return `data-${randomBytes(8).toString('hex')}`;
}

/** The first messages of a question. */
export function promptMessages(input: PromptInput): ChatMessage[] {
  const major = Math.floor(input.catalog.serverVersion / 10_000);
  const values = input.values.map(
    ({ table, column, value }) =>
      `'${tame(value).replaceAll("'", "''")}' is a value of ${tame(table)}.${tame(column)}`,
  );
  const { glossary = [], earlier = [] } = input;
  const parts = [
    `PostgreSQL ${major}. Today is ${input.today}.`,
    fenced(input.fence, 'schema', schemaText(input.catalog, input.relations)),
    ...(values.length === 0 ? [] : [fenced(input.fence, 'values in the question', values.join('\n'))]),
    ...(glossary.length === 0 ? [] : [fenced(input.fence, 'glossary', glossaryText(glossary))]),
    ...exampleParts(input.fence, 'examples that a person has checked', input.examples),
    ...exampleParts(input.fence, 'earlier questions, with SQL that was accepted', input.accepted),
    ...(input.documents.length === 0
      ? []
      : [fenced(input.fence, 'passages of documents', documentText(input.documents))]),
    `Question: ${input.question}`,
  ];
  return [
    { role: 'system', content: earlier.length === 0 ? rules : `${rules}\n${conversationRule}` },
    ...conversationMessages(earlier),
    { role: 'user', content: parts.join('\n\n') },
  ];
}

function exampleParts(fence: string, what: string, examples: readonly VerifiedQuestion[]): string[] {
  const told = examples.map(
    ({ question, sql }) => `Question: ${tame(question)}\nSQL: ${sql.trim().replace(/;$/, '')}`,
  );
  return told.length === 0 ? [] : [fenced(fence, what, told.join('\n\n'))];
}

/** What follows a reply that could not be used: the reply itself, and why. */
export function repairMessages(reply: string, finding: string): ChatMessage[] {
  return [
    { role: 'assistant', content: reply },
    { role: 'user', content: repairWords(finding) },
  ];
}

/** Nothing inside can end it: not even who has learned the fence. */
export function fenced(fence: string, what: string, content: string): string {
  return `<${fence} ${what}>\n${content.replaceAll(fence, 'data')}\n</${fence}>`;
}
