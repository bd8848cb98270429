/** The question of an answer as it stands by itself, outside of its conversation. */
import { wholeQuestion } from '../query/conversation.ts';
import type { AnswerHeader } from '../shared/resultsProtocol.ts';

/** With the questions that it goes on from; undefined for a statement that answers none. */
export function questionInWords({ question, trail = [] }: AnswerHeader): string | undefined {
  return question === undefined ? undefined : wholeQuestion(trail, question);
}
