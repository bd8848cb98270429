import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { scriptItems, type ScriptItem } from '../../../src/database/scriptItems.ts';
import { ScriptRun, type OnScriptError } from '../../../src/editor/scriptRun.ts';
import { cancelled, KhipuError } from '../../../src/shared/errors.ts';
import { madeAnswer, type MadeAnswer } from './scriptedAnswers.ts';

const never = new AbortController().signal;

describe('ScriptRun', () => {
  let parser: SqlParser;
  before(async () => {
    parser = await loadParser();
  });

  /** `bad` and `gone` fail, `wait` lasts until it is cancelled, `large` has more rows than the first. */
  function scripted(words: string, onError: OnScriptError = 'stop') {
    const ran: string[] = [];
    const changes: string[] = [];
    const failures: string[] = [];
    const waits = Promise.withResolvers<undefined>();
    const answers: MadeAnswer[] = [];
    const run = async ({ text }: ScriptItem, signal: AbortSignal): Promise<MadeAnswer> => {
      ran.push(text);
      if (text === 'bad') throw new KhipuError('sql-failed', 'It is bad.', { sql: text, position: 1 });
      if (text === 'gone') throw new KhipuError('connection-refused', 'Nobody is there.');
      if (text === 'wait') {
        waits.resolve(undefined);
        await new Promise<never>((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(cancelled())),
        );
      }
      const answer = madeAnswer(parser, text, 2, text.startsWith('large'));
      answers.push(answer);
      return Promise.resolve(answer);
    };
    const script: ScriptRun = new ScriptRun(
      scriptItems(words.split(' ').join(';\n').replaceAll('\\d;', '\\d')),
      {
        run,
        onError,
        onChange: (index) => changes.push(`${index} ${script.outcome(index).status}`),
        onFailure: (error) => failures.push(error.kind),
      },
    );
    const statuses = (): string[] => script.items.map((_, index) => script.outcome(index).status);
    return { script, ran, changes, failures, answers, statuses, waiting: waits.promise };
  }

  it('runs one after the other, and tells of each', async () => {
    const { script, ran, changes, statuses } = scripted('one two');
    const running = script.start(never);
    assert.equal(script.running, true);
    await running;
    assert.equal(script.running, false);
    assert.deepEqual(ran, ['one', 'two']);
    assert.deepEqual(changes, ['0 running', '0 rows', '1 running', '1 rows']);
    assert.deepEqual(statuses(), ['rows', 'rows']);
    assert.deepEqual(script.progress, { done: 2, of: 2 });
    assert.deepEqual(script.outcome(0), { status: 'rows', rows: 2, complete: true, ms: 1, messages: 0 });
  });

  it('stops at a failure, which stands in its place with where it is', async () => {
    const { script, statuses, failures } = scripted('one bad two');
    await script.start(never);
    assert.deepEqual(statuses(), ['rows', 'failed', 'not-run']);
    assert.equal(script.failure(1)?.detail.position, 1);
    assert.deepEqual(script.outcome(2), { status: 'not-run', why: 'An earlier statement failed.' });
    assert.deepEqual(failures, ['sql-failed']);
  });

  it('goes on after a failure when it is told to, but not when no statement can succeed', async () => {
    const further = scripted('bad one bad two', 'continue');
    await further.script.start(never);
    assert.deepEqual(further.statuses(), ['failed', 'rows', 'failed', 'rows']);
    const hopeless = scripted('one gone two', 'continue');
    await hopeless.script.start(never);
    assert.deepEqual(hopeless.statuses(), ['rows', 'failed', 'not-run']);
  });

  it('skips the commands of psql, and says so', async () => {
    const { script, ran, statuses } = scripted('one \\d two');
    await script.start(never);
    assert.deepEqual(
      [ran, statuses()],
      [
        ['one', 'two'],
        ['rows', 'skipped', 'rows'],
      ],
    );
    const outcome = script.outcome(1);
    assert.match(outcome.status === 'skipped' ? outcome.why : '', /command of psql/);
  });

  it('is cancelled in the middle: the running one ends, and the rest is not run', async () => {
    const { script, statuses, waiting, ran, failures } = scripted('one wait two three', 'continue');
    const cancel = new AbortController();
    const running = script.start(cancel.signal);
    await waiting;
    assert.deepEqual(script.progress, { done: 1, of: 4 });
    cancel.abort();
    await running;
    assert.deepEqual(statuses(), ['rows', 'cancelled', 'not-run', 'not-run']);
    assert.deepEqual([ran, failures], [['one', 'wait'], []]);
    assert.equal(script.show(0)?.rows, 'all', 'what was there stays');
  });

  it('runs one statement again, and keeps what it gave when that is cancelled', async () => {
    const { script, answers, statuses } = scripted('large1 large2 large3 bad');
    await script.start(never);
    assert.equal(script.show(0)?.rows, 'first');
    await script.again(0, never);
    assert.equal(script.show(0)?.rows, 'all');
    assert.equal(answers.length, 4);
    await script.again(3, never);
    assert.deepEqual(statuses(), ['rows', 'rows', 'rows', 'failed']);
    const waits = scripted('wait');
    const cancel = new AbortController();
    const running = waits.script.again(0, cancel.signal);
    await waits.waiting;
    cancel.abort();
    await running;
    assert.deepEqual(waits.statuses(), ['waiting']);
  });

  it('frees everything when it is disposed of, also in the middle', async () => {
    const { script, answers, waiting, statuses } = scripted('large1 wait two');
    const running = script.start(never);
    await waiting;
    await script.dispose();
    await script.dispose();
    await running;
    assert.deepEqual(
      answers.map(({ closed }) => closed),
      [true],
    );
    assert.deepEqual(statuses(), ['rows', 'cancelled', 'not-run']);
  });

  it('lets others have their turn between statements', async () => {
    const { script, statuses } = scripted(Array.from({ length: 5000 }, () => 'bad').join(' '), 'continue');
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await script.start(never);
    clearInterval(timer);
    delay.disable();
    assert.equal(statuses().filter((status) => status === 'failed').length, 5000);
    assert.ok(turns > 2, `${turns} turns in ${(delay.max / 1e6).toFixed(0)} ms`);
  });
});
