/** Reads what a model says of a statement: the JSON object that it was asked for, wherever it stands in the reply. */
import * as z from 'zod/mini';
import { answerIn, jsonCandidates, stripFence, unusable } from './replyJson.ts';

const helpReply = z
  .object({
    explanation: z.nullish(z.string()),
    sql: z.nullish(z.string()),
    points: z.nullish(z.union([z.string(), z.array(z.string())])),
  })
  .check(z.refine(({ explanation, sql }) => explanation !== undefined || sql !== undefined));

export interface HelpReply {
  readonly explanation: string;
  readonly sql: string | undefined;
  readonly points: readonly string[];
}

/**
 * Reads a whole reply.
 * @throws KhipuError `model-reply-unusable`
 */
export function parseHelpReply(text: string): HelpReply {
  for (const candidate of jsonCandidates(answerIn(text), ['explanation', 'sql', 'points'])) {
    const parsed = helpReply.safeParse(candidate);
    if (parsed.success) return fromObject(parsed.data);
  }
  throw unusable('the reply does not hold the JSON object that was asked for');
}

function fromObject({ explanation, sql, points }: z.infer<typeof helpReply>): HelpReply {
  const found = {
    explanation: explanation?.trim() ?? '',
    sql:
      stripFence(sql ?? '')
        .trim()
        .replace(/;$/, '') || undefined,
    points: [points ?? []].flat().filter((each) => each.trim() !== ''),
  };
  if (found.explanation === '' && found.sql === undefined) throw unusable('the reply says nothing');
  return found;
}
