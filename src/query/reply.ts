/** Reads a model's reply: the JSON object that it was asked for, or whatever it wrote instead, as long as that is one statement. */
import * as z from 'zod';
import { KhipuError } from '../shared/errors.ts';

const replyObject = z.object({
  sql: z.string().nullable(),
  explanation: z.string().default(''),
  assumptions: z.array(z.string()).default([]),
  clarification: z.string().nullable().default(null),
});

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
    },
    required: ['sql', 'explanation', 'assumptions', 'clarification'],
    additionalProperties: false,
  },
};

export type Reply =
  | {
      readonly kind: 'sql';
      readonly sql: string;
      readonly explanation: string;
      readonly assumptions: readonly string[];
    }
  | { readonly kind: 'clarification'; readonly question: string };

/** Longer replies are not searched for SQL. */
const lengthLimit = 200_000;

/**
 * Reads a whole reply.
 * @throws KhipuError `model-reply-unusable`, whose message can be given back to the model
 */
export function parseReply(text: string): Reply {
  if (text.length > lengthLimit) throw unusable('the reply is far too long');
  const answer = text.replace(/<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>|$)/gi, '').trim();
  if (answer === '') throw unusable('the reply is empty');
  for (const candidate of jsonCandidates(answer)) {
    const parsed = replyObject.safeParse(candidate);
    if (parsed.success) return fromObject(parsed.data);
  }
  const sql = sqlInProse(answer);
  if (sql !== undefined) return { kind: 'sql', sql, explanation: '', assumptions: [] };
  throw unusable('the reply holds neither the JSON object that was asked for nor a SELECT');
}

function fromObject(reply: z.infer<typeof replyObject>): Reply {
  const sql = stripFence(reply.sql ?? '').trim();
  if (sql !== '') return { kind: 'sql', sql, explanation: reply.explanation, assumptions: reply.assumptions };
  const question = reply.clarification?.trim() || reply.explanation.trim();
  if (question === '') throw unusable('the reply has neither SQL nor a question');
  return { kind: 'clarification', question };
}

/** JSON values in the text: all of it, each fenced block, and the outermost braces. */
function* jsonCandidates(text: string): Generator {
  const fencedBlocks = [...text.matchAll(/```(?:json)?\s*([\s\S]*?)```/gi)].map((match) => match[1] ?? '');
  const braces = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
  for (const source of [text, ...fencedBlocks, braces]) {
    try {
      yield JSON.parse(source);
    } catch {
      // not JSON: the next candidate may be
    }
  }
}

/** A fenced block that starts like a query, or the text from a line that does. */
function sqlInProse(text: string): string | undefined {
  const blocks = [...text.matchAll(/```(?:sql|postgres(?:ql)?)?\s*([\s\S]*?)```/gi)].map(
    (match) => match[1] ?? '',
  );
  const fromLine = /^\s*(?:select|with|values|table|explain|show)\b[\s\S]*$/im.exec(text)?.[0];
  const found = [...blocks, fromLine].find(
    (source) =>
      source !== undefined && /^\s*(?:--.*\n\s*)*(?:select|with|values|table|explain|show)\b/i.test(source),
  );
  return found?.trim();
}

function stripFence(sql: string): string {
  return /^\s*```\w*\s*([\s\S]*?)```\s*$/.exec(sql)?.[1] ?? sql;
}

/**
 * The SQL in a reply that is still being written, for showing it as it comes.
 * @returns undefined until the first characters of it are there
 */
export function partialSql(text: string): string | undefined {
  const json = /"sql"\s*:\s*"((?:[^"\\]|\\.)*)/.exec(text)?.[1];
  if (json === undefined) return undefined;
  try {
    return z.string().parse(JSON.parse(`"${json}"`));
  } catch {
    return undefined; // cut off inside an escape: the next piece completes it
  }
}

function unusable(reason: string): KhipuError {
  return new KhipuError('model-reply-unusable', `The model's reply could not be used: ${reason}.`);
}
