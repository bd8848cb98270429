/** Tells which verified questions a catalog still bears out: a schema changes, and what was true of it does not stay so by itself. */
import { inSlices } from '../rag/slices.ts';
import type { VerifiedQuestion } from '../rag/retrieval.ts';
import { toKhipuError } from '../shared/errors.ts';
import { checkWholly, type ProposeWorld } from './propose.ts';

export interface StaleQuestion {
  readonly question: VerifiedQuestion;
  /** What the catalog, the grammar or the guard has against its SQL. */
  readonly why: string;
}

export interface CheckedQuestions {
  /** In the order given. */
  readonly fresh: readonly VerifiedQuestion[];
  readonly stale: readonly StaleQuestion[];
}

/**
 * Guards and grounds the SQL of each.
 * @throws KhipuError `cancelled`
 */
export async function checkVerified(
  questions: readonly VerifiedQuestion[],
  world: Pick<ProposeWorld, 'names' | 'parser'>,
  signal: AbortSignal,
): Promise<CheckedQuestions> {
  const fresh: VerifiedQuestion[] = [];
  const stale: StaleQuestion[] = [];
  await world.parser.ready();
  const check = (question: VerifiedQuestion): void => {
    try {
      checkWholly(question.sql, world);
      fresh.push(question);
    } catch (thrown) {
      stale.push({ question, why: toKhipuError(thrown).message });
    }
  };
  await inSlices(questions, check, signal);
  return { fresh, stale };
}
