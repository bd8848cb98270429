/** Borrows a connection and opens a transaction on it, past connections that were cut while nobody used them. */
import { KhipuError } from '../shared/errors.ts';
import type { Database } from './connect.ts';
import type { Session } from './session.ts';

/**
 * A server that was restarted, or a firewall that forgets, leaves idle connections that fail at their next statement. Where
 * nothing at all was run there, the same may safely be tried on another one.
 * @param open runs the first statements; when it throws, it has given the connection back, or closed it
 * @throws KhipuError of the connection, or `cancelled`; whatever `open` throws
 */
export async function onLiveSession<T>(
  database: Database,
  open: (session: Session) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  for (;;) {
    const session = await database.session(signal);
    try {
      return await open(session);
    } catch (error) {
      const isLost = error instanceof KhipuError && error.kind === 'connection-lost';
      if (!isLost || !session.isReused || session.hasAnswered) throw error;
    }
  }
}

/**
 * @param begin the BEGIN statement
 * @throws KhipuError of the connection, or `cancelled`
 */
export function openTransaction(database: Database, begin: string, signal: AbortSignal): Promise<Session> {
  const open = async (session: Session): Promise<Session> => {
    try {
      await session.query({ text: begin }, signal);
      return session;
    } catch (error) {
      session.destroy(new Error('The transaction could not be opened.'));
      throw error;
    }
  };
  return onLiveSession(database, open, signal);
}
