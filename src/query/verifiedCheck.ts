/** Tells which verified questions a catalog still bears out: a schema changes, and what was true of it does not stay so by itself. */
import { inSlices } from '../rag/slices.ts';
import type { Catalog } from '../database/catalog.ts';
import type { Retrieval, VerifiedQuestion } from '../rag/retrieval.ts';
import { findSameQuestion } from '../rag/sameQuestion.ts';
import { toKhipuError } from '../shared/errors.ts';
import { checkWholly, type CheckWorld } from './checkStatement.ts';

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
  world: CheckWorld,
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

/** What is checked once for all who ask is not stopped by one of them. */
const unhurried = new AbortController().signal;

/** Checks each list of questions once for each catalog. */
export class CheckedVerified {
  readonly #worldOf: (catalog: Catalog) => Promise<CheckWorld>;
  readonly #known = new WeakMap<readonly VerifiedQuestion[], WeakMap<Catalog, Promise<CheckedQuestions>>>();

  /** @param worldOf what the SQL of questions is held against, for a catalog */
  constructor(worldOf: (catalog: Catalog) => Promise<CheckWorld>) {
    this.#worldOf = worldOf;
  }

  of(questions: readonly VerifiedQuestion[], catalog: Catalog): Promise<CheckedQuestions> {
    const known = this.#known.get(questions) ?? new WeakMap<Catalog, Promise<CheckedQuestions>>();
    this.#known.set(questions, known);
    const found =
      known.get(catalog) ??
      this.#worldOf(catalog).then((world) => checkVerified(questions, world, unhurried));
    known.set(catalog, found);
    found.catch(() => known.delete(catalog)); // the parser may be there the next time
    return found;
  }
}

/** Someone has answered this once: that the answer is not used any more is worth knowing. */
export function withStaleNotice(
  retrieval: Retrieval,
  question: string,
  stale: readonly StaleQuestion[],
): Retrieval {
  if (retrieval.verified !== undefined) return retrieval;
  const same = findSameQuestion(
    question,
    stale.map((each) => each.question),
  );
  const match = stale.find((each) => each.question === same);
  if (match === undefined) return retrieval;
  const notice = `The verified question “${match.question.question}” asks this, but its SQL no longer fits the database: ${match.why} It was not used.`;
  return { ...retrieval, notice: [notice, retrieval.notice].filter((part) => part !== undefined).join(' ') };
}
