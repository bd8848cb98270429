/** A model that knows the answers: a local server of OpenAI's protocol that replies with the reference SQL, or with what a test makes of it. */
import { goldStatements, withAllColumns, type SetQuestion } from '../bench/defog/questionSet.ts';
import type { ModelServer } from '../servers/httpServer.ts';
import { startOpenAiServer } from '../servers/openaiServer.ts';

/**
 * @param sqlFor given the reference SQL, and how often this question has been asked before (a correction asks again)
 * @returns the SQL to reply with; undefined to ask back
 */
export function startOracle(
  questions: readonly SetQuestion[],
  sqlFor: (sql: string, question: SetQuestion, asked: number) => string | undefined = (sql) => sql,
): Promise<ModelServer> {
  return startOpenAiServer({
    models: ['oracle'],
    reply: ({ messages }) => {
      const [, first] = messages;
      const asked = messages.filter(({ role }) => role === 'assistant').length;
      // The longest, for one question may begin as another does.
      const question = questions
        .filter((each) => first?.content.includes(`Question: ${each.question}`))
        .toSorted((a, b) => b.question.length - a.question.length)[0];
      if (question === undefined) throw new Error(`No such question: ${first?.content.slice(-200) ?? ''}`);
      const sql = sqlFor(withAllColumns(goldStatements(question.gold)[0] ?? ''), question, asked);
      const clarification = sql === undefined ? 'Which ones do you mean?' : null;
      return JSON.stringify({ sql: sql ?? null, explanation: '', assumptions: [], clarification });
    },
  });
}
