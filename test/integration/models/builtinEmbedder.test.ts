/** The built-in embedder over the vectors that the build script makes of the real package. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createBuiltinEmbedder, loadBuiltinVectors } from '../../../src/models/builtinEmbedder.ts';
import { lookUp } from '../../../src/models/wordTable.ts';

const run = promisify(execFile);
const quiet = new AbortController().signal;

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, number, i) => sum + number * b[i]!, 0);
}

describe('builtinEmbedder', () => {
  let directory = '';
  let file = '';
  const build = async (): Promise<string> =>
    (await run(process.execPath, ['scripts/buildVectors.mjs', file])).stdout;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'khipu-vectors-'));
    file = join(directory, 'vectors.bin');
    assert.match(await build(), /60000 words/);
  });
  after(() => rm(directory, { recursive: true, force: true }));

  async function similarity(a: string, b: string): Promise<number> {
    const [x, y] = await createBuiltinEmbedder(file).embed([a, b], quiet);
    return cosine(x!, y!);
  }
  /** Asserts that `near` is closer to `text` than `far` is, by some distance. */
  async function nearer(text: string, near: string, far: string): Promise<void> {
    const [close, distant] = [await similarity(text, near), await similarity(text, far)];
    assert.ok(close > distant + 0.1, `${text}: ${near} ${close.toFixed(2)}, ${far} ${distant.toFixed(2)}`);
  }

  it('is built once, small, and not again while it is up to date', async () => {
    const before = await stat(file);
    assert.ok(before.size > 6e6 && before.size < 8e6, `${before.size} bytes`);
    assert.match(await build(), /up to date/);
    assert.equal((await stat(file)).mtimeMs, before.mtimeMs);
  });

  it('is built anew when it is damaged', async () => {
    await truncate(file, 1000);
    assert.match(await build(), /60000 words/);
  });

  it('puts related words near each other', async () => {
    await nearer('client', 'customer', 'banana');
    await nearer('staff', 'employees', 'shipment');
    await nearer('revenue', 'sales amount', 'birth date');
    await nearer('vendor', 'supplier', 'review rating');
  });

  it('puts a question near the table it asks about', async () => {
    const question = 'which workers earn the highest salary';
    await nearer(
      question,
      'employees id name salary department hired at',
      'products id name category price stock',
    );
    await nearer(
      'how many parcels were delivered late',
      'shipments order id carrier shipped at delivered at',
      'categories id name parent',
    );
  });

  it('lets rare words weigh more than common ones', async () => {
    await nearer('the invoice of the', 'invoice', 'the of');
  });

  it('gives unit-length vectors of its dimension, in order, and the same ones each time', async () => {
    const embedder = createBuiltinEmbedder(file);
    const texts = ['customer orders', 'Customer ORDERS!', 'suppliers'];
    const vectors = await embedder.embed(texts, quiet);
    assert.deepEqual(
      vectors.map((vector) => vector.length),
      [100, 100, 100],
    );
    for (const vector of vectors) assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5);
    assert.deepEqual(vectors[0], vectors[1]);
    assert.notDeepEqual(vectors[0], vectors[2]);
    assert.deepEqual(await embedder.embed(texts, quiet), vectors);
    assert.match(embedder.id, /glove/);
    assert.equal(embedder.dimension, 100);
  });

  it('gives the zero vector when no word is known', async () => {
    const vectors = await createBuiltinEmbedder(file).embed(['', 'xqzzvw 12345 ___', '!?'], quiet);
    for (const vector of vectors) assert.ok(vector.every((number) => number === 0));
  });

  const unlistedForms = [
    ['barcodes', 'barcode'],
    ['expiries', 'expiry'],
    ['couriering', 'courier'],
    ['rebating', 'rebate'],
    ['surcharged', 'surcharge'],
  ] as const;
  for (const [form, word] of unlistedForms) {
    it(`takes ${form}, which the list does not hold, for ${word}`, async () => {
      assert.equal(lookUp(loadBuiltinVectors(file, quiet).table, form), undefined);
      assert.ok((await similarity(form, word)) > 0.999);
    });
  }

  it('says what to do when the file is missing, damaged or another', async () => {
    const damaged = join(directory, 'damaged.bin');
    await copyFile(file, damaged);
    await truncate(damaged, 5_000_000);
    const other = join(directory, 'other.bin');
    await writeFile(other, 'hello');
    for (const path of [join(directory, 'none.bin'), damaged, other]) {
      await assert.rejects(createBuiltinEmbedder(path).embed(['x'], quiet), (error: unknown) => {
        assert.ok(error instanceof Error && 'kind' in error && 'detail' in error);
        assert.equal(error.kind, 'index-unavailable');
        assert.match(JSON.stringify(error.detail), /Reinstall/);
        return true;
      });
    }
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    const texts = Array.from({ length: 200_000 }, () => 'customer orders by country');
    const embedding = createBuiltinEmbedder(file).embed(texts, controller.signal);
    setImmediate(() => controller.abort());
    await assert.rejects(embedding, { kind: 'cancelled' });
    await assert.rejects(createBuiltinEmbedder(file).embed(['x'], AbortSignal.abort()), {
      kind: 'cancelled',
    });
  });

  it('loads in well under a tenth of a second', () => {
    const times = Array.from({ length: 5 }, () => {
      const started = performance.now();
      loadBuiltinVectors(file, quiet);
      return performance.now() - started;
    });
    assert.ok(Math.min(...times) < 100, times.join(', '));
  });
});
