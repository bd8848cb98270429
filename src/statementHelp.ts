/** Helping with a statement of the user's, on the parts that a question passes through; nothing of VS Code. */
import type { AnswerParts } from './answers.ts';
import type { Connected } from './database/connections.ts';
import { explainPlan } from './database/plan.ts';
import { indexNames } from './query/ground.ts';
import type { HelpKind } from './query/helpPrompt.ts';
import { helpWithStatement, type StatementHelp } from './query/statementHelp.ts';
import type { Trace } from './query/trace.ts';
import { ShownCatalogs } from './rag/shownCatalog.ts';

/** Asks a model about one statement; it is never run. @throws KhipuError as `helpWithStatement` does */
export type HelpWithStatement = (
  asked: { readonly kind: HelpKind; readonly sql: string; readonly language: string },
  connected: Connected,
  trace: Trace,
  signal: AbortSignal,
) => Promise<StatementHelp>;

/** No values of the database go along, whatever the AI policy: the catalog is taken without its statistics. */
export function createStatementHelp(
  parts: Pick<AnswerParts, 'models' | 'parser' | 'glossary'>,
): HelpWithStatement {
  const shown = new ShownCatalogs();
  return async (asked, { profile, catalog, database }, trace, signal) => {
    const glossary = await parts.glossary(profile, signal);
    const models = await parts.models();
    const world = {
      full: indexNames(catalog),
      shown: indexNames(await shown.of(catalog, glossary, signal)),
      parser: await parts.parser(),
      aiPolicy: profile.aiPolicy,
      hidesUnknown: glossary.hidesUnknown,
      chat: models.chat.bind(models),
      plan: async (statement: Parameters<typeof explainPlan>[1], abort: AbortSignal) =>
        (await explainPlan(database, statement, { analyze: false }, abort)).plan,
    };
    return helpWithStatement(asked, world, trace, signal);
  };
}
