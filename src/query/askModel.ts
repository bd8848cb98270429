/** The model's part of a question: prompt, reply, check by catalog, guard and server, and at most two corrections. */
import type { Catalog } from '../database/catalog.ts';
import { catalogLookup } from '../database/catalogLookup.ts';
import { modelLabel, type ChatMessage } from '../models/chatModel.ts';
import type { Retrieval } from '../rag/retrieval.ts';
import { toKhipuError } from '../shared/errors.ts';
import { checkMeant, type CheckedStatement, type NearNames } from './checkStatement.ts';
import { exchange } from './exchange.ts';
import { isKnownToModels, namesNothingHidden } from './knownToModels.ts';
import { promptMessages, randomFence, repairMessages } from './prompt.ts';
import { promptVersion } from './promptTemplates.ts';
import type { AskedQuestion, Clarification, Progress, Proposal, ProposeWorld } from './propose.ts';
import { findingText, isRepairable, repairLimit } from './repair.ts';
import { parseReply, type Reply } from './reply.ts';
import type { ShownRelation } from './schemaText.ts';
import { amendLast, timed, type Trace } from './trace.ts';
import { failedVerdict, type Verdict } from './verdicts.ts';

const noNames: NearNames = () => Promise.resolve([]);

/**
 * Asks the model, and has it correct what cannot be run.
 * @param asked with what of its conversation may be told
 * @throws KhipuError as `propose` does
 */
export async function askModel(
  asked: AskedQuestion,
  retrieval: Retrieval,
  world: ProposeWorld,
  trace: Trace,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Proposal | Clarification> {
  const { catalog } = world.shown ?? world.names;
  const messages: ChatMessage[] = promptMessages({
    question: asked.question,
    earlier: asked.earlier ?? [],
    catalog,
    relations: relationsOf(retrieval, catalog),
    values: retrieval.values,
    glossary: retrieval.glossary?.matches,
    examples: retrieval.examples.filter(({ sql }) => namesNothingHidden(sql, world)),
    accepted: retrieval.accepted.filter(({ sql }) => isKnownToModels(sql, world)),
    documents: retrieval.documents,
    today: world.today,
    fence: randomFence(),
  });
  trace.promptVersion = promptVersion;
  const notices = new Set<string>();
  const replies = new Set<string>();
  for (let round = 0; ; round++) {
    onProgress({ step: round === 0 ? 'Asking the model' : 'Asking the model to correct itself' });
    const {
      text,
      answeredBy,
      notices: told,
    } = await exchange(messages, retrieval, world, trace, onProgress, signal);
    for (const notice of told) notices.add(notice);
    onProgress({ step: 'Checking the SQL' });
    const verdicts: Verdict[] = [];
    try {
      const reply = parseReply(text);
      if (reply.kind === 'clarification') {
        const { question: clarification, options } = reply;
        return { clarification, options, model: modelLabel(answeredBy) };
      }
      const { statement, tables, planJson } = await timed(trace, 'check', () =>
        checkReply(reply, world, verdicts, signal),
      );
      amendLast(trace, { verdicts });
      if (round > 0)
        notices.add(`The model needed ${round === 1 ? 'one correction' : `${round} corrections`}.`);
      return {
        statement,
        tables,
        source: 'model',
        model: modelLabel(answeredBy),
        explanation: reply.explanation,
        assumptions: reply.assumptions,
        readings: reply.readings,
        planJson,
        sources: retrieval.documents,
        notices: [...notices],
      };
    } catch (thrown) {
      const error = toKhipuError(thrown);
      const failed = failedVerdict(error.kind, verdicts);
      amendLast(trace, { verdicts: failed === undefined ? verdicts : [...verdicts, failed] });
      if (!isRepairable(error)) throw error;
      const finding = findingText(error);
      amendLast(trace, { finding });
      // A model that repeats itself will not do better a third time.
      if (round >= repairLimit || replies.has(text)) throw error;
      replies.add(text);
      messages.push(...repairMessages(text, finding));
    }
  }
}

async function checkReply(
  reply: Reply & { kind: 'sql' },
  world: ProposeWorld,
  verdicts: Verdict[],
  signal: AbortSignal,
): Promise<CheckedStatement & Pick<Proposal, 'planJson'>> {
  await world.parser.ready(); // it starts again after a statement that was nested too deeply
  const known = { names: world.shown ?? world.names, parser: world.parser };
  const checked = await checkMeant(reply.sql, known, world.nearNames ?? noNames, signal);
  verdicts.push('guard passed', 'names known');
  const planJson = await world.explain(checked.statement, signal);
  verdicts.push(planJson === undefined ? 'server had nothing to plan' : 'server planned');
  return { ...checked, planJson };
}

/** What the prompt shows of the tables that were retrieved. */
export function relationsOf({ tables }: Pick<Retrieval, 'tables'>, catalog: Catalog): ShownRelation[] {
  const { relation } = catalogLookup(catalog);
  return tables.flatMap(({ schema, name, columns }) => {
    const found = relation(schema, name);
    if (found === undefined || columns === undefined) return found ?? [];
    const shown = new Set(columns);
    const kept = found.columns.filter((column) => shown.has(column.name));
    return { ...found, columns: kept, omittedColumns: found.columns.length - kept.length };
  });
}
