/** What was sent to models on a day, as data and in words. Pure. */
import * as z from 'zod/mini';
import type { SentRequest } from '../models/metered.ts';
import { dayOf, tokenWords } from './historyLook.ts';

/** One request, as a line of the file. */
export const usageLine = z.object({
  /** Where the user was, as YYYY-MM-DD. */
  day: z.string(),
  /** `provider:name`. */
  model: z.string(),
  locality: z.enum(['local', 'remote']),
  /** Left out where the model said none. */
  inputTokens: z.optional(z.number()),
  outputTokens: z.optional(z.number()),
});
export type UsageLine = z.infer<typeof usageLine>;

/** What one model was sent on one day. */
export const modelTotal = z.object({
  model: z.string(),
  locality: z.enum(['local', 'remote']),
  /** Questions, corrections, explanations: whatever was sent by itself. */
  requests: z.number(),
  /** Of them, those whose tokens are not known. */
  unsaid: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
});
export type ModelTotal = z.infer<typeof modelTotal>;

/** The line of a request that ended now. */
export function usageOf({ model, locality, usage }: SentRequest, now: Date): UsageLine {
  return { day: dayOf(now), model, locality, ...usage };
}

/** The total with one more request; a new one for a model that was sent nothing before. */
export function addTo(total: ModelTotal | undefined, line: UsageLine): ModelTotal {
  const { model, locality, inputTokens, outputTokens } = line;
  const isUnsaid = inputTokens === undefined && outputTokens === undefined;
  return {
    ...{ model, locality },
    requests: (total?.requests ?? 0) + 1,
    unsaid: (total?.unsaid ?? 0) + (isUnsaid ? 1 : 0),
    inputTokens: (total?.inputTokens ?? 0) + (inputTokens ?? 0),
    outputTokens: (total?.outputTokens ?? 0) + (outputTokens ?? 0),
  };
}

/** Lines for a tooltip; none when nothing was sent. What left this machine comes first. */
export function totalWords(totals: readonly ModelTotal[]): string[] {
  const [remote, local] = (['remote', 'local'] as const).map((locality) =>
    totals.filter((each) => each.locality === locality),
  );
  return [
    ...group('Sent to models elsewhere today:', remote ?? []),
    ...group('Asked of models on this machine today:', local ?? []),
  ];
}

function group(title: string, totals: readonly ModelTotal[]): string[] {
  if (totals.length === 0) return [];
  const sorted = [...totals].sort((a, b) => b.requests - a.requests || (a.model < b.model ? -1 : 1));
  return [title, ...sorted.map((total) => `  ${oneTotal(total)}`)];
}

function oneTotal(total: ModelTotal): string {
  const { model, requests, unsaid } = total;
  const sent = `${model}: ${requests === 1 ? '1 request' : `${requests} requests`}`;
  if (unsaid === requests) return `${sent}, tokens not known`;
  const missing = unsaid === 0 ? '' : ` (not known of ${unsaid})`;
  return `${sent}, ${tokenWords(total) ?? ''}${missing}`;
}
