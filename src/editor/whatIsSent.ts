/** What a model is sent, in one line, for those who choose one: as the AI policy of the connection has it. */
import type { AiPolicy } from '../database/profile.ts';

/** @param policy of the connection in use; undefined when none is */
export function whatIsSent(policy: AiPolicy | undefined): string {
  switch (policy) {
    case undefined:
      return 'Sent: your question, names and types of tables; more only by a connection’s AI policy';
    case 'off':
      return 'Nothing is sent for the connection in use: its AI policy is "off"';
    case 'schema':
      return 'Sent: your question, and names, types and comments of tables. No rows.';
    case 'samples':
      return 'Sent: your question, names, types, comments, common values of columns. No rows.';
    case 'results':
      return 'Sent: question, names, types, common values; rows only to describe a result, once seen';
  }
}
