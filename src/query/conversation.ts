/** What one question hands on to the next: the questions and the SQL before it, never a row; and how much of it may be told. */
import type { AiPolicy } from '../database/profile.ts';
import type { ChatMessage } from '../models/chatModel.ts';

/** One question of a conversation, and what it came to. */
export interface Turn {
  readonly question: string;
  /** What answered it; undefined when the model asked back. */
  readonly sql?: string | undefined;
  /** What the model asked back. */
  readonly askedBack?: AskedBackWords | undefined;
  /** The AI policy of the connection then: what was written under one is not told under another. */
  readonly aiPolicy: AiPolicy;
}

export interface AskedBackWords {
  readonly question: string;
  readonly options: readonly string[];
}

/** What is told of a conversation. */
export interface ToldConversation {
  readonly turns: readonly Turn[];
  /** Why turns are not told, in words; none when all are. */
  readonly leftOut: readonly string[];
  /** The turn that the question goes on from is not told: the answer may miss what was meant. */
  readonly broken: boolean;
}

/** The last turns count, and so many characters of them: about 2,900 tokens. */
const mostTurns = 6;
const mostCharacters = 8000;

/** What turns are held against. */
export interface ConversationWorld {
  readonly aiPolicy: AiPolicy;
  /** Whether a model may know every name in it. */
  mayBeTold(sql: string): boolean;
  /** Whether words name a table that is hidden from models. */
  tellsOfHidden(words: string): boolean;
}

/** Chooses what is told of a conversation, oldest first. */
export function tellConversation(turns: readonly Turn[], world: ConversationWorld): ToldConversation {
  const leftOut: string[] = [];
  const told: Turn[] = [];
  let characters = 0;
  for (const turn of turns.toReversed()) {
    const why = reasonAgainst(turn, world);
    characters += lengthOf(turn);
    if (why !== undefined) leftOut.push(`“${turn.question}”: ${why}.`);
    else if (told.length >= mostTurns || characters > mostCharacters)
      leftOut.push(`“${turn.question}”: there is no room for what is so long ago.`);
    else told.unshift(turn);
  }
  return { turns: told, leftOut, broken: turns.length > 0 && told.at(-1) !== turns.at(-1) };
}

function reasonAgainst(turn: Turn, world: ConversationWorld): string | undefined {
  const { question, sql, askedBack } = turn;
  if (turn.aiPolicy !== world.aiPolicy) return 'it was asked under another AI policy of the connection';
  if (sql !== undefined && !world.mayBeTold(sql)) return 'its SQL names what models may not know, or is gone';
  const words = [question, askedBack?.question, ...(askedBack?.options ?? [])];
  return words.some((each) => each !== undefined && world.tellsOfHidden(each))
    ? 'it names a table that the glossary hides'
    : undefined;
}

function lengthOf(turn: Turn): number {
  return conversationMessages([turn]).reduce((sum, { content }) => sum + content.length, 0);
}

/** The turns as a model has them: what the user said, and its own replies in the form that it is asked for. */
export function conversationMessages(turns: readonly Turn[]): ChatMessage[] {
  return turns.flatMap(({ question, sql, askedBack }): ChatMessage[] => [
    { role: 'user', content: `Question: ${question}` },
    {
      role: 'assistant',
      content: JSON.stringify({
        sql: sql ?? null,
        clarification: sql === undefined ? (askedBack?.question ?? '') : null,
        options: askedBack?.options ?? [],
      }),
    },
  ]);
}

/** The questions of a conversation as one line, for the history and for the comment above SQL. */
export function wholeQuestion(earlier: readonly string[], question: string): string {
  return [...earlier, question].join(' › ');
}
