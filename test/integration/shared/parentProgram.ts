/** A parent that starts a child and tells its pid: killed by the test, to see that the child goes too. */
import { join } from 'node:path';
import { forkChild } from '../../../src/shared/childProcess.ts';
import { endSlowly, facts } from './childProtocol.ts';

const never = new AbortController().signal;
const child = forkChild({
  name: 'child',
  entry: join(import.meta.dirname, 'childProgram.ts'),
  log: () => undefined,
});
await child.peer.call(endSlowly, { file: process.env['KHIPU_TEST_FILE'] ?? '', how: 'tidy' }, never);
process.send?.(await child.peer.call(facts, {}, never));
