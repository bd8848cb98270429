/** The very statements that reading a catalog sends, heard from the reading itself. */
import type { Database } from '../../../src/database/connect.ts';
import { openDatabase } from '../../../src/database/connect.ts';
import { introspect } from '../../../src/database/introspect.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import type { PostgresServer } from '../../servers/postgres.ts';

/** In the order in which they are sent, the transaction's BEGIN and ROLLBACK included. */
export async function catalogStatements(server: PostgresServer): Promise<string[]> {
  const { profile, password } = parseConnectionUrl(server.url('postgres', 'disable'), 'bench');
  const database = openDatabase(profile, { password: () => Promise.resolve(password) });
  const heard: string[] = [];
  const listening: Database = {
    profile,
    typeNames: database.typeNames,
    dispose: () => database.dispose(),
    async session(signal) {
      const session = await database.session(signal);
      const query = session.query.bind(session);
      const stream = session.stream.bind(session);
      session.query = (statement, ...rest) => {
        heard.push(statement.text);
        return query(statement, ...rest);
      };
      session.stream = (statement, ...rest) => {
        heard.push(statement.text);
        return stream(statement, ...rest);
      };
      return session;
    },
  };
  try {
    await introspect(listening, new AbortController().signal);
    return heard;
  } finally {
    await database.dispose();
  }
}
