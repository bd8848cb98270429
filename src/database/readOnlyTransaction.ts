/** The transaction in which every guarded statement runs: READ ONLY, with its snapshot taken, limited, and never committed. */
import { KhipuError } from '../shared/errors.ts';
import { onLiveSession } from './openTransaction.ts';
import type { Database } from './connect.ts';
import { ReadOnlySql } from './guard.ts';
import type { StatementContext } from './pgErrors.ts';
import type { ConnectionProfile } from './profile.ts';
import { searchPathStatements } from './searchPath.ts';
import type { Session, TextStatement } from './session.ts';

/** After this long without a request the server ends the transaction by itself. */
const idleLimitMs = 30 * 60_000;
const lockLimitMs = 5000;

/**
 * The statements that open the transaction of a guarded statement, in their order. The SELECT that sets the limits also takes the
 * snapshot: after it, Postgres refuses SET TRANSACTION READ WRITE (25001). It also has the server read string literals as the
 * guard did: where a role or database has standard_conforming_strings off, 'a\', …' would otherwise end elsewhere than the guard saw.
 *
 * They may go to the server in one train with the statement, as long as no Sync stands between: when one of them fails, the
 * server passes over all that follows, so that the statement never runs outside of this transaction.
 * @throws KhipuError `internal` for a statement that did not come from the guard; `sql-failed` for one whose parameters have no
 * values
 */
export function openingOf(
  profile: ConnectionProfile,
  statement: ReadOnlySql,
): readonly [TextStatement, ...TextStatement[]] {
  if (!ReadOnlySql.is(statement))
    throw new KhipuError('internal', 'A statement that the guard has not seen is not run.');
  checkBound(statement);
  const limits = {
    text: `SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true),
                  set_config('idle_in_transaction_session_timeout', $3, true),
                  set_config('standard_conforming_strings', 'on', true)`,
    values: [`${profile.statementTimeoutMs}`, `${lockLimitMs}`, `${idleLimitMs}`],
  };
  return [{ text: 'BEGIN TRANSACTION READ ONLY' }, limits, ...searchPathStatements(profile)];
}

/**
 * Borrows a connection and opens the transaction on it.
 * @throws KhipuError as `openingOf` does; those of the connection
 */
export async function beginReadOnly(
  database: Database,
  statement: ReadOnlySql,
  signal: AbortSignal,
): Promise<Session> {
  const opening = openingOf(database.profile, statement);
  const open = async (session: Session): Promise<Session> => {
    try {
      await runOpening(session, opening, signal);
      return session;
    } catch (error) {
      session.destroy(new Error('The read-only transaction could not be opened.'));
      throw error;
    }
  };
  return onLiveSession(database, open, signal);
}

/** Runs such statements, in one train. */
export async function runOpening(
  session: Session,
  opening: readonly TextStatement[],
  signal: AbortSignal,
): Promise<void> {
  const last = opening.at(-1);
  if (last !== undefined) await session.execute(last, () => undefined, signal, {}, opening.slice(0, -1));
}

/** @throws KhipuError `sql-failed` for a statement whose parameters do not all have a value */
export function checkBound({ text, parameterCount, values }: ReadOnlySql): void {
  if (values.length === parameterCount) return;
  const has = parameterCount === 1 ? 'a parameter' : `${parameterCount} parameters`;
  const given = values.length === 1 ? '1 value is' : `${values.length} values are`;
  throw new KhipuError('sql-failed', `The statement has ${has}, and ${given} given.`, {
    sql: text,
    position: Math.max(0, text.indexOf(`$${values.length + 1}`)),
  });
}

/** A guarded statement as it is sent: something of Khipu's own before and after it, and its values apart from the text. */
export function asSent(statement: ReadOnlySql, prefix = '', suffix = ''): TextStatement {
  return {
    text: `${prefix}${statement.text}${suffix}`,
    values: statement.values,
    context: contextOf(statement, prefix),
  };
}

/** What the errors of a guarded statement are told by; `prefix` is what is sent before its text. */
export function contextOf(statement: ReadOnlySql, prefix = ''): StatementContext {
  return { sql: statement.text, prefixLength: prefix.length, hasValues: statement.values.length > 0 };
}

/** Ends the transaction the only way it ever ends, and gives the connection back. */
export async function endReadOnly(session: Session): Promise<void> {
  try {
    await session.query({ text: 'ROLLBACK' }, AbortSignal.timeout(5000));
    session.release();
  } catch {
    session.destroy(new Error('The transaction could not be rolled back.')); // closing it rolls back as well
  }
}
