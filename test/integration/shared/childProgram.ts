/** A child of Khipu's for tests: answers, hangs, prints, dies and ends as it is asked to. */
import { writeFileSync } from 'node:fs';
import { serveParent } from '../../../src/shared/childProcess.ts';
import { KhipuError } from '../../../src/shared/errors.ts';
import { die, endSlowly, facts, hang, refuse, say } from './childProtocol.ts';

/** What is done when the parent goes. */
const endings: (() => Promise<void>)[] = [];
const parent = serveParent(async () => {
  await Promise.all(endings.map((end) => end()));
});

parent.onCall(facts, () => ({
  pid: process.pid,
  argv: process.argv.slice(2),
  asNode: process.env['ELECTRON_RUN_AS_NODE'] ?? '',
}));
parent.onCall(hang, () => new Promise(() => undefined));
parent.onCall(refuse, () => {
  throw new KhipuError('sample-failed', 'Not today.', { hint: 'Tomorrow.' });
});
parent.onCall(say, ({ text }) => {
  process.stdout.write(`${text}\n`);
  process.stderr.write(`not ${text}\n`);
  return {};
});
parent.onNotify(die, ({ how }) => {
  if (how === 'exit') process.exit(7);
  if (how === 'throw')
    setImmediate(() => {
      throw new Error('uncaught in the child');
    });
  if (how === 'kill') process.kill(process.pid, 'SIGKILL');
});
parent.onCall(endSlowly, ({ file, how }) => {
  endings.push(async () => {
    if (how === 'never') await new Promise(() => setInterval(() => undefined, 1000));
    if (how === 'reject') throw new Error('could not tidy up');
    writeFileSync(file, 'tidied');
  });
  return {};
});
