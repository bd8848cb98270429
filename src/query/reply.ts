/** Reads a model's reply: the JSON object that it was asked for, or whatever it wrote instead, as long as that is one statement. */
import * as z from 'zod/mini';
import { choicesOf, writtenChoices } from './choices.ts';
import {
  answerIn,
  escapeRawControls,
  fencedBlocks,
  jsonCandidates,
  lengthLimit,
  stripFence,
  unusable,
} from './replyJson.ts';

/** Small models leave fields out, set them to null, or write one string where a list was asked for. */
const replyObject = z
  .object({
    sql: z.nullish(z.string()),
    explanation: z.nullish(z.string()),
    assumptions: z.nullish(z.union([z.string(), z.array(z.string())])),
    clarification: z.nullish(z.string()),
    options: writtenChoices,
    readings: writtenChoices,
  })
  .check(z.refine(({ sql, clarification }) => sql !== undefined || clarification !== undefined));

/** The same as JSON schema, for providers that can be held to one. Strict mode wants every field required. */
export const replySchema = {
  name: 'sql_reply',
  schema: {
    type: 'object',
    properties: {
      sql: { type: ['string', 'null'] },
      explanation: { type: 'string' },
      assumptions: { type: 'array', items: { type: 'string' } },
      clarification: { type: ['string', 'null'] },
      options: { type: 'array', items: { type: 'string' } },
      readings: { type: 'array', items: { type: 'string' } },
    },
    required: ['sql', 'explanation', 'assumptions', 'clarification', 'options', 'readings'],
    additionalProperties: false,
  },
};

export type Reply =
  | {
      readonly kind: 'sql';
      readonly sql: string;
      readonly explanation: string;
      readonly assumptions: readonly string[];
      /** Other readings of the question, which would give other rows. */
      readonly readings: readonly string[];
    }
  | {
      readonly kind: 'clarification';
      readonly question: string;
      /** Short answers to choose from; none when the model offered none. */
      readonly options: readonly string[];
    };

/**
 * Reads a whole reply.
 * @throws KhipuError `model-reply-unusable`, whose message can be given back to the model
 */
export function parseReply(text: string): Reply {
  const answer = answerIn(text);
  for (const candidate of jsonCandidates(answer, ['sql', 'clarification'])) {
    const parsed = replyObject.safeParse(candidate);
    if (parsed.success) return fromObject(parsed.data);
  }
  const sql = sqlInProse(answer);
  if (sql !== undefined) return { kind: 'sql', sql, explanation: '', assumptions: [], readings: [] };
  throw unusable('the reply holds neither the JSON object that was asked for nor a SELECT');
}

function fromObject(reply: z.infer<typeof replyObject>): Reply {
  const sql = stripFence(reply.sql ?? '').trim();
  const explanation = reply.explanation ?? '';
  const assumptions = [reply.assumptions ?? []].flat().filter((each) => each.trim() !== '');
  if (sql !== '') return { kind: 'sql', sql, explanation, assumptions, readings: choicesOf(reply.readings) };
  // A model that offers readings without SQL asks which one is meant.
  const options = [choicesOf(reply.options), choicesOf(reply.readings)].find((each) => each.length > 0) ?? [];
  const asked = reply.clarification?.trim() || explanation.trim();
  const question = asked === '' && options.length > 1 ? 'Which of these do you mean?' : asked;
  if (question === '') throw unusable('the reply has neither SQL nor a question');
  return { kind: 'clarification', question, options };
}

const queryStart = /^(?:select|with|values|table|explain|show)\b/i;

/** A fenced block that starts like a query, or the text from a line that does. */
function sqlInProse(text: string): string | undefined {
  const block = fencedBlocks(text).find((each) => queryStart.test(withoutLeadingComments(each)));
  if (block !== undefined) return block;
  const lines = text.split('\n');
  const first = lines.findIndex((line) => queryStart.test(line.trimStart()));
  return first < 0 ? undefined : lines.slice(first).join('\n').trim();
}

function withoutLeadingComments(sql: string): string {
  const lines = sql.split('\n');
  const first = lines.findIndex((line) => line.trim() !== '' && !line.trimStart().startsWith('--'));
  return lines.slice(Math.max(first, 0)).join('\n').trimStart();
}

/**
 * The SQL in a reply that is still being written, for showing it as it comes.
 * @returns undefined until the first characters of it are there
 */
export function partialSql(text: string): string | undefined {
  if (text.length > lengthLimit) return undefined;
  const json = /"sql"\s*:\s*"([^"\\]*(?:\\.[^"\\]*)*)/.exec(text)?.[1];
  if (json === undefined) return undefined;
  try {
    return z.string().parse(JSON.parse(escapeRawControls(`"${json}"`)));
  } catch {
    return undefined; // cut off inside an escape: the next piece completes it
  }
}
