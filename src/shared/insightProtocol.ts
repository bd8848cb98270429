/** What is said of a result beside its rows, in words from its statistics. */
import * as z from 'zod/mini';
import { chart } from './chartProtocol.ts';

export const insight = z.object({
  /** Never empty: the first is the one that counts. */
  sentences: z.array(z.string()),
  chart: z.optional(chart),
  /** The chart in words. */
  chartWords: z.optional(z.string()),
});
export type Insight = z.infer<typeof insight>;
