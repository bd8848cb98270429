/** What a model is sent, in one line, for those who choose one: as the AI policy of the connection has it. */
import type { AiPolicy } from '../database/profile.ts';

const names = 'your question, and names, types and comments of the tables it may need';

/** @param policy of the connection in use; undefined when none is */
export function whatIsSent(policy: AiPolicy | undefined): string {
  switch (policy) {
    case undefined:
      return `Sent is ${names}; more only where the AI policy of a connection allows it.`;
    case 'off':
      return 'Nothing is sent for the connection in use: its AI policy is "off".';
    case 'schema':
      return `Sent is ${names}. No rows.`;
    case 'samples':
      return `Sent is ${names}; also their common values and ranges. No rows.`;
    case 'results':
      return `Sent is ${names}; common values; rows only to describe a result, after you saw them.`;
  }
}
