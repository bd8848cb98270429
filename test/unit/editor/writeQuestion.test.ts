import assert from 'node:assert/strict';
import { mayWriteInstead } from '../../../src/editor/writeAdvice.ts';
import { writeQuestion } from '../../../src/editor/writeQuestion.ts';
import type { Problem } from '../../../src/shared/resultsProtocol.ts';

const plain = { production: false, writable: true };
const production = { label: 'production', colour: 'red', production: true, writable: true } as const;

describe('the question before a write', () => {
  it('shows the SQL, says where it runs, and that nothing is committed yet', () => {
    const { message, detail, isShortened } = writeQuestion('Farm', plain, ['DELETE FROM t\nWHERE a = 1']);
    assert.equal(message, 'Run this statement on Farm?');
    assert.match(detail, /^DELETE FROM t\nWHERE a = 1;\n\nNothing is committed yet/);
    assert.equal(isShortened, false);
  });

  it('names what is bound, each name once', () => {
    const bound = [
      { name: ':id', value: "it's\n5" },
      { name: ':note', value: null },
      { name: ':id', value: "it's\n5" },
    ];
    const { detail } = writeQuestion('Farm', plain, ['DELETE FROM t WHERE a = :id'], bound);
    assert.match(detail, /= :id;\n\n:id is 'it's 5'\n:note is NULL\n\nNothing is committed yet/);
    const many = Array.from({ length: 60 }, (_, index) => ({ name: `:p${index}`, value: 'x'.repeat(5000) }));
    const long = writeQuestion('Farm', plain, ['x'], many).detail;
    assert.ok(long.split('\n').length < 22 && long.length < 4000);
    assert.match(long, /… 46 more values …/);
  });

  it('marks a production server', () => {
    assert.equal(
      writeQuestion('Farm', production, ['x']).message,
      'Run this statement on Farm — PRODUCTION?',
    );
    assert.equal(
      writeQuestion('Farm', { ...plain, label: 'staging' }, ['x', 'y']).message,
      'Run these 2 statements on Farm — staging?',
    );
  });

  it('leaves out the middle of what is long, and says so', () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    const { detail, isShortened } = writeQuestion('Farm', plain, [lines.join('\n')]);
    assert.equal(isShortened, true);
    assert.match(detail, /^line 0\n[^]*\n… 87 more lines …\n[^]*\nline 99;\n\n/);
    assert.ok(detail.split('\n').length < 20);
    const wide = writeQuestion('Farm', plain, [`SELECT '${'🦙'.repeat(500)}' AS end`]);
    assert.equal(wide.isShortened, true);
    assert.ok(wide.detail.length < 400 && wide.detail.isWellFormed());
    assert.match(wide.detail, /^SELECT '[^\n]* … [^\n]* AS end;\n/);
  });
});

describe('a refused statement of the user', () => {
  const problem: Problem = {
    what: 'DELETE is not run here.',
    next: 'Nothing was sent.',
    candidates: [],
    actions: [
      { id: 'open-sql', label: 'Open SQL' },
      { id: 'show-sent', label: 'Show What Was Sent' },
    ],
  };
  const offered = (
    given: { access?: 'read' | 'write'; singleSession?: boolean },
    isTrusted = true,
  ): [string, string | undefined] => {
    const profile = { name: 'Farm', access: 'write' as const, singleSession: false, ...given };
    const { next, actions } = mayWriteInstead(problem, profile, isTrusted);
    return [next, actions.find(({ id }) => id === 'run-as-write' || id === 'edit-connection')?.id];
  };

  it('is offered the write door where it is open, and told what keeps it shut elsewhere', () => {
    const [next, action] = offered({});
    assert.match(next, /^Nothing was sent\. Run as Write shows what it changes before/);
    assert.equal(action, 'run-as-write');
    assert.match(offered({ access: 'read' })[0], /set its access to "write allowed"/);
    assert.equal(offered({ access: 'read' })[1], 'edit-connection');
    assert.match(offered({}, false)[0], /trust this workspace/);
    assert.equal(offered({}, false)[1], undefined);
    assert.match(offered({ singleSession: true })[0], /can only be read/);
    assert.equal(offered({ singleSession: true })[1], undefined);
  });
});
