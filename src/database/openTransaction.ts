/** Borrows a connection and opens a transaction on it, past connections that were cut while nobody used them. */
import { KhipuError } from '../shared/errors.ts';
import type { Database } from './connect.ts';
import type { Session } from './session.ts';

/**
 * A server that was restarted, or a firewall that forgets, leaves idle connections that fail at their next statement. That is
 * BEGIN, which may safely be tried on another one.
 * @param begin the BEGIN statement
 * @throws KhipuError of the connection, or `cancelled`
 */
export async function openTransaction(
  database: Database,
  begin: string,
  signal: AbortSignal,
): Promise<Session> {
  for (;;) {
    const session = await database.session(signal);
    try {
      await session.query({ text: begin }, signal);
      return session;
    } catch (error) {
      session.destroy(new Error('The transaction could not be opened.'));
      const isStale = session.isReused && error instanceof KhipuError && error.kind === 'connection-lost';
      if (!isStale) throw error;
    }
  }
}
