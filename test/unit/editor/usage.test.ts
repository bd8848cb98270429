/** What was sent to models on a day: the file that windows share, and its words. */
import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageFile } from '../../../src/editor/usageFile.ts';
import { addTo, totalWords, usageOf, type UsageLine } from '../../../src/editor/usageTotals.ts';

const line = (more: Partial<UsageLine> = {}): UsageLine => ({
  ...{ day: '2026-11-24', model: 'openai:gpt-5', locality: 'remote', inputTokens: 600, outputTokens: 40 },
  ...more,
});
const unsaid = { inputTokens: undefined, outputTokens: undefined };

describe('totalWords', () => {
  it('tells local from remote, the models most asked first, and how many said no tokens', () => {
    const openai = [line(), line({ inputTokens: 604 }), line(unsaid)];
    const totals = [
      addTo(undefined, line({ model: 'ollama:qwen3', locality: 'local' })),
      addTo(undefined, line({ model: 'openai:b', ...unsaid })),
      openai.reduce((total, each) => addTo(total, each), addTo(undefined, line())),
    ];
    assert.deepEqual(totalWords(totals), [
      'Sent to models elsewhere today:',
      '  openai:gpt-5: 4 requests, 1,804 tokens in, 120 out (not known of 1)',
      '  openai:b: 1 request, tokens not known',
      'Asked of models on this machine today:',
      '  ollama:qwen3: 1 request, 600 tokens in, 40 out',
    ]);
    assert.deepEqual(totalWords([]), []);
  });

  it('counts on the day where the user is', () => {
    const sent = { model: 'm', locality: 'local', usage: unsaid } as const;
    assert.equal(usageOf(sent, new Date(2026, 10, 24, 0, 0)).day, '2026-11-24');
    assert.equal(usageOf(sent, new Date(2026, 10, 24, 23, 59, 59)).day, '2026-11-24');
  });
});

describe('UsageFile', () => {
  let folder: string;
  let path: string;
  const log: string[] = [];
  const open = () => new UsageFile(path, '2026-11-24', (said) => log.push(said));
  const requests = (file: UsageFile, day = '2026-11-24') => file.totals(day).map((each) => each.requests);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'khipu-usage-'));
    path = join(folder, 'storage', 'tokens.jsonl');
    log.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('adds up what two windows write, each request once, and is there after a reload', async () => {
    const [here, there] = [open(), open()];
    await Promise.all([here.write(line()), there.write(line()), here.write(line()), there.write(line())]);
    await here.refresh();
    await here.refresh();
    assert.deepEqual(requests(here), [4]);
    const again = open();
    await again.refresh();
    assert.deepEqual(again.totals('2026-11-24'), [
      {
        ...{ model: 'openai:gpt-5', locality: 'remote', requests: 4, unsaid: 0 },
        ...{ inputTokens: 2400, outputTokens: 160 },
      },
    ]);
    assert.deepEqual(log, []);
  });

  it('keeps days, models and places apart, and reads over what is torn', async () => {
    const file = open();
    await file.write(line({ day: '2026-11-23' }));
    await appendFile(path, '{"day":"2026-11-24","mod\n[]\n');
    await file.write(line());
    await file.write(line({ locality: 'local' }));
    await file.write(line({ model: 'openai:other' }));
    assert.deepEqual(requests(file), [1, 1, 1]);
    assert.deepEqual(requests(file, '2026-11-23'), [1]);
  });

  it('throws the lines of earlier days away when they are many, also under another window', async () => {
    const [first, other] = [open(), open()];
    await first.write(line());
    const old = `${JSON.stringify(line({ day: '2026-11-23' }))}\n`;
    await writeFile(path, (await readFile(path, 'utf8')) + old.repeat(1001));
    await other.write(line());
    assert.equal((await readFile(path, 'utf8')).trim().split('\n').length, 2);
    await first.write(line());
    assert.deepEqual([requests(first), requests(first, '2026-11-23')], [[3], []]);
  });

  it('counts in memory, and says so in the log, when nothing can be written', async () => {
    await writeFile(join(folder, 'storage'), 'not a folder');
    const file = open();
    await file.write(line());
    await file.write(line());
    assert.deepEqual(requests(file), [2]);
    assert.match(log.join(), /tokens: not written/);
  });
});
