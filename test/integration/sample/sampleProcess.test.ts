/** The life of the sample's process: starts, caches, deaths. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KhipuError } from '../../../src/shared/errors.ts';
import type { SampleAddress, SampleDatabase } from '../../../src/sample/sampleDatabase.ts';
import { checksums, connectTo, makeCacheDirectory, never, sampleWithLog } from './startedSample.ts';

const lostConnection = /terminated|ECONNRESET/i;
const endless = 'SELECT count(*) FROM generate_series(1, 1000000000000)';

describe('sample process', () => {
  let cacheDirectory: string;
  let cacheFile: string;
  const samples: SampleDatabase[] = [];
  const make = (more?: Parameters<typeof sampleWithLog>[1]): ReturnType<typeof sampleWithLog> => {
    const made = sampleWithLog(cacheDirectory, more);
    samples.push(made.sample);
    return made;
  };
  before(async () => {
    cacheDirectory = await makeCacheDirectory();
  });
  afterEach(async () => {
    await Promise.all(samples.splice(0).map((sample) => sample.dispose()));
  });
  after(() => rm(cacheDirectory, { recursive: true }));

  it('loads the same rows each time, in two windows at once with one cache', async () => {
    const [one, two] = [make().sample, make().sample];
    const [first, second] = await Promise.all([one.start(never), two.start(never)]);
    assert.notEqual(first.host, second.host);
    assert.deepEqual([first.cached, second.cached], [false, false]);
    const [client, other] = [await connectTo(first), await connectTo(second)];
    assert.deepEqual(await checksums(client), await checksums(other));
    await Promise.all([client.end(), other.end()]);
    const files = await readdir(cacheDirectory);
    assert.equal(files.length, 1, files.join());
    cacheFile = join(cacheDirectory, files[0]!);
  });

  it('starts from the cache with the same rows, reachable by this user only', async () => {
    const { sample } = make();
    const [address, again] = await Promise.all([sample.start(never), sample.start(never)]);
    assert.equal(address, again);
    assert.equal(address.cached, true);
    if (process.platform !== 'win32') assert.equal((await stat(address.host)).mode & 0o777, 0o700);
    const client = await connectTo(address);
    const sums = await checksums(client);
    assert.match(sums['orders'] ?? sums['shop.orders'] ?? '', /^7\d{3}:/);
    await client.end();
    await sample.dispose();
    assert.equal(existsSync(address.host), false);
    await assert.rejects(
      sample.start(never),
      new KhipuError('sample-failed', 'The sample database has been closed.'),
    );
  });

  it('lets two clients interleave without mixing their answers', async () => {
    const address = await make().sample.start(never);
    const clients = [await connectTo(address), await connectTo(address)];
    await Promise.all(
      clients.map(async (client, n) => {
        for (let i = 0; i < 40; i++) {
          const { rows } = await client.query<{ v: number }>(
            `SELECT $1::integer AS v${n ? ", 'x' AS w" : ''}`,
            [2 * i + n],
          );
          assert.equal(rows[0]?.v, 2 * i + n);
        }
      }),
    );
    await Promise.all(clients.map((client) => client.end()));
  });

  it('lets an impatient caller go and serves the patient one', async () => {
    const { sample } = make();
    const impatient = new AbortController();
    const gone = sample.start(impatient.signal);
    const patient = sample.start(never);
    impatient.abort();
    await assert.rejects(gone, { kind: 'cancelled' });
    assert.equal((await patient).cached, true);
  });

  it('fails a start clearly when the process is killed during it, and starts at the next try', async () => {
    const { sample } = make();
    const pending = sample.start(never);
    await new Promise((resolve) => setImmediate(resolve)); // forked now
    process.kill(sample.pid!, 'SIGKILL');
    await assert.rejects(pending, (error: KhipuError) => {
      assert.equal(error.kind, 'sample-failed');
      assert.match(error.message, /SIGKILL/);
      assert.ok(error.detail.hint);
      return true;
    });
    assert.equal((await sample.start(never)).cached, true);
  });

  it('tells of a death, fails what was pending, cleans up, and starts again', async () => {
    const died = Promise.withResolvers<string>();
    const { sample } = make({ onDidStop: died.resolve });
    const address = await sample.start(never);
    const client = await connectTo(address);
    await client.query('CREATE TABLE shop.scratch AS SELECT 1');
    const pending = assert.rejects(client.query(endless), lostConnection);
    process.kill(sample.pid!, 'SIGKILL');
    assert.equal(await died.promise, 'SIGKILL');
    await pending;
    assert.equal(existsSync(address.host), false);
    const fresh = await connectTo(await sample.start(never));
    await assert.rejects(fresh.query('SELECT FROM shop.scratch'), { code: '42P01' });
    await fresh.end();
  });

  it('restarts through a statement that would never end', async () => {
    const stops: string[] = [];
    const { sample } = make({ onDidStop: (how) => stops.push(how) });
    const client = await connectTo(await sample.start(never));
    const pending = assert.rejects(client.query(endless), lostConnection);
    const fresh = await connectTo(await sample.restart(never));
    await pending;
    assert.deepEqual(stops, []); // it was asked for
    assert.equal((await fresh.query('SELECT 1')).rowCount, 1);
    await fresh.end();
  });

  it('ends with its parent, even in the middle of a statement', async () => {
    const parent = fork(join(import.meta.dirname, 'parentProgram.ts'), {
      env: { ...process.env, KHIPU_TEST_CACHE: cacheDirectory },
    });
    const [address] = (await once(parent, 'message')) as [SampleAddress];
    const client = await connectTo(address);
    const ended = new Promise((resolve) => client.once('end', resolve));
    const pending = assert.rejects(client.query(endless), lostConnection);
    parent.kill('SIGKILL');
    await Promise.all([ended, pending]);
    // When the end is noticed before the statement has begun, the process ends in order: connections first, the directory last.
    while (existsSync(address.host)) await delay(20);
  });

  it('says so when its program or its SQL is missing', async () => {
    const { sample, log } = make({ entry: join(cacheDirectory, 'nothing.ts') });
    await assert.rejects(sample.start(never), { kind: 'sample-failed' });
    assert.match(log.join('\n'), /nothing\.ts/);
    const lost = sampleWithLog(cacheDirectory, { sqlDirectory: dirname(cacheDirectory) });
    samples.push(lost.sample);
    await assert.rejects(
      lost.sample.start(never),
      (error: KhipuError) => error.kind === 'sample-failed' && /schema\.sql/.test(error.message),
    );
  });

  it('makes a damaged cache again', async () => {
    const bytes = await readFile(cacheFile);
    bytes[bytes.length >> 1]! ^= 0xff;
    await writeFile(cacheFile, bytes);
    const { sample, log } = make();
    assert.equal((await sample.start(never)).cached, false);
    assert.match(log.join('\n'), /damaged/);
    assert.equal((await make().sample.start(never)).cached, true);
  });
});
