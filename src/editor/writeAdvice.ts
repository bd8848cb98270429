/** What there is to do about a statement of the user's that the guard has refused: the write door, or what keeps it shut. */
import type { ConnectionProfile } from '../database/profile.ts';
import { actionLabel } from '../shared/messages.ts';
import type { Problem } from '../shared/resultsProtocol.ts';

/** The problem with a button for Run as Write, where the connection and the workspace allow it, and else with the reason. */
export function mayWriteInstead(
  problem: Problem,
  { name, access, singleSession }: Pick<ConnectionProfile, 'name' | 'access' | 'singleSession'>,
  isTrusted: boolean,
): Problem {
  const offer = (id: 'run-as-write' | 'edit-connection', words: string): Problem => ({
    ...problem,
    next: `${problem.next} ${words}`,
    actions: [
      { id, label: actionLabel(id) },
      ...problem.actions.filter((action) => action.id !== 'show-sent'),
    ],
  });
  if (singleSession) return { ...problem, next: `${problem.next} ${name} can only be read.` };
  if (access === 'read') {
    return offer('edit-connection', `To change data through ${name}, set its access to "write allowed".`);
  }
  if (!isTrusted) return { ...problem, next: `${problem.next} To change data, trust this workspace first.` };
  return offer('run-as-write', 'Run as Write shows what it changes before anything is committed.');
}
