/** Reads what a model says of a statement: the JSON object that it was asked for, wherever it stands in the reply. */
import * as z from 'zod/mini';
import { KhipuError } from '../shared/errors.ts';

const helpReply = z.object({
  explanation: z.nullish(z.string()),
  sql: z.nullish(z.string()),
  points: z.nullish(z.union([z.string(), z.array(z.string())])),
});

export interface HelpReply {
  readonly explanation: string;
  readonly sql: string | undefined;
  readonly points: readonly string[];
}

/** Longer replies are not read. */
const lengthLimit = 200_000;

/**
 * Reads a whole reply.
 * @throws KhipuError `model-reply-unusable`
 */
export function parseHelpReply(text: string): HelpReply {
  if (text.length > lengthLimit) throw unusable('it is far too long');
  const answer = text.replace(/<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>|$)/gi, '');
  const [from, to] = [answer.indexOf('{'), answer.lastIndexOf('}')];
  let read: unknown;
  try {
    read = JSON.parse(answer.slice(Math.max(from, 0), to + 1));
  } catch {
    throw unusable('it is not the JSON object that was asked for');
  }
  const parsed = helpReply.safeParse(read);
  if (!parsed.success) throw unusable('it is not the JSON object that was asked for');
  const { explanation, sql, points } = parsed.data;
  const found = {
    explanation: explanation?.trim() ?? '',
    sql: sql === undefined || sql === null || sql.trim() === '' ? undefined : sql.trim().replace(/;$/, ''),
    points: [points ?? []].flat().filter((each) => each.trim() !== ''),
  };
  if (found.explanation === '' && found.sql === undefined) throw unusable('it says nothing');
  return found;
}

function unusable(reason: string): KhipuError {
  return new KhipuError('model-reply-unusable', `The model's reply could not be used: ${reason}.`);
}
