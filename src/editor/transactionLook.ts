/** How an open transaction is shown in the status bar and spoken of in questions. */
import type { TransactionMode } from '../database/userTransaction.ts';

/** What is known of a transaction that is open. */
export interface TransactionFacts {
  /** The connection's name. */
  readonly connection: string;
  /** `pending`: the changes of one Run as Write, which wait for a decision; `user`: begun by the user. */
  readonly kind: 'pending' | 'user';
  readonly mode: TransactionMode;
  /** Statements that succeeded in it. */
  readonly statements: number;
  /** The last statement failed and was put back. */
  readonly failed: boolean;
  /** Nothing was done in it for more than a minute. */
  readonly idle: boolean;
}

export interface TransactionLook {
  readonly text: string;
  readonly tooltip: string;
  /** What a screen reader says. */
  readonly spoken: string;
  readonly warns: boolean;
}

export function transactionLook(facts: TransactionFacts): TransactionLook {
  const { connection, kind, failed, idle } = facts;
  const text = kind === 'pending' ? 'Changes not committed' : `Transaction open · ${countWords(facts)}`;
  const lines = [
    `${transactionWords(facts)}.`,
    failed ? 'The last statement failed: it was put back, what was done before it still stands.' : undefined,
    idle
      ? 'Nothing was done in it for more than a minute; it may hold locks that others wait for.'
      : undefined,
    'Click to commit or roll back.',
  ];
  return {
    text: `$(git-commit) ${text}`,
    tooltip: lines.filter((line) => line !== undefined).join('\n'),
    spoken: `Khipu: ${text}, ${connection}${failed ? ', the last statement failed' : ''}${idle ? ', idle' : ''}`,
    warns: failed || idle,
  };
}

/** `A transaction is open on Farm, with 3 statements`, without a full stop. */
export function transactionWords({ connection, kind, mode, ...facts }: TransactionFacts): string {
  if (kind === 'pending') return `Changes on ${connection} are not committed`;
  const what = mode === 'read' ? 'A read-only transaction' : 'A transaction';
  return `${what} is open on ${connection}, with ${countWords(facts)}`;
}

function countWords({ statements }: Pick<TransactionFacts, 'statements'>): string {
  return statements === 1 ? '1 statement' : `${statements} statements`;
}
