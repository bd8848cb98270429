import assert from 'node:assert/strict';
import fc from 'fast-check';
import { arrayNode } from '../../../webview-ui/inspector/arrayNodes.ts';
import { bytesOf, hexLine, pictureOf } from '../../../webview-ui/inspector/bytes.ts';
import { jsonNode } from '../../../webview-ui/inspector/jsonNodes.ts';
import { lineCount } from '../../../webview-ui/inspector/lineCount.ts';
import type { TreeNode } from '../../../webview-ui/inspector/treeNode.ts';

function* childrenOf(node: TreeNode | undefined): Generator<TreeNode> {
  const children = node?.children?.();
  for (let next = children?.next(); next !== undefined && next.done !== true; next = children?.next())
    yield next.value;
}

/** What JSON.parse makes of it, put together from the nodes. */
function rebuilt(node: TreeNode): unknown {
  if (node.kind === 'text') return node.value();
  if (node.children === undefined) return JSON.parse(node.value());
  const children = [...childrenOf(node)];
  if (node.shown.startsWith('[')) return children.map(rebuilt);
  return Object.fromEntries(children.map((child) => [child.label, rebuilt(child)]));
}

describe('the inspector: JSON', () => {
  it('finds in any JSON what JSON.parse finds, however it is laid out', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom('', ' ', '\t'), (text, indent) => {
        const laidOut = ` ${JSON.stringify(JSON.parse(text), undefined, indent)}\n`;
        const node = jsonNode(laidOut);
        assert.deepEqual(
          JSON.stringify(node === undefined ? undefined : rebuilt(node)),
          JSON.stringify(JSON.parse(text)),
        );
      }),
    );
  });

  it('rounds no number, keeps keys that come twice, and tells paths as jsonpath has them', () => {
    const root = jsonNode('{"a": 9007199254740993, "a": 1.10, "odd \\"key\\"": [{"b_1": null}, "\\\\"]}');
    const [first, second, odd] = childrenOf(root);
    assert.deepEqual([first?.value(), second?.value(), second?.label], ['9007199254740993', '1.10', 'a']);
    const [object, text] = childrenOf(odd);
    const [inner] = childrenOf(object);
    assert.deepEqual([inner?.path, inner?.kind], ['$."odd \\"key\\""[0].b_1', 'null']);
    assert.deepEqual([text?.path, text?.value()], ['$."odd \\"key\\""[1]', '\\']);
    assert.equal(jsonNode('{"a": 1'), undefined);
    assert.equal(jsonNode('{a}'), undefined);
  });

  it('reads only what is unfolded: the first of a hundred thousand in no time, and any depth', () => {
    const long = jsonNode(`[${'{"k": "v"},'.repeat(100_000)}1]`);
    const children = long?.children?.();
    const first = children?.next();
    assert.equal(first?.done === false ? first.value.path : undefined, '$[0]');
    let node = jsonNode(`${'['.repeat(20_000)}1${']'.repeat(20_000)}`);
    for (let depth = 0; depth < 50; depth++) [node] = childrenOf(node);
    assert.equal(node?.path, `$${'[0]'.repeat(50)}`);
  });
});

describe('the inspector: arrays', () => {
  const values = (text: string, type = 'text[]') =>
    [...childrenOf(arrayNode(text, type))].map((node) => [
      node.path,
      node.kind === 'null' ? null : node.value(),
    ]);

  it('are listed as Postgres writes them', () => {
    assert.deepEqual(values('{1,NULL,"NULL","a \\"b\\", {c}",""}'), [
      ['[1]', '1'],
      ['[2]', null],
      ['[3]', 'NULL'],
      ['[4]', 'a "b", {c}'],
      ['[5]', ''],
    ]);
    assert.deepEqual(values('[0:1]={a,b}'), [
      ['[0]', 'a'],
      ['[1]', 'b'],
    ]);
    assert.deepEqual(values('{(1,1),(0,0);(3,3),(2,2)}', 'box[]'), [
      ['[1]', '(1,1),(0,0)'],
      ['[2]', '(3,3),(2,2)'],
    ]);
    assert.deepEqual(values('{}'), []);
    const [, second] = childrenOf(arrayNode('[1:2][-1:0]={{1,2},{3,"}"}}', 'text[]'));
    assert.deepEqual(
      [...childrenOf(second)].map((node) => [node.path, node.value()]),
      [
        ['[2][-1]', '3'],
        ['[2][0]', '}'],
      ],
    );
    assert.equal(arrayNode('no array', 'text[]'), undefined);
  });

  it('hold any text', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.string({ unit: 'binary' })), { minLength: 1 }), (texts) => {
        const written = texts.map((text) =>
          text === null ? 'NULL' : `"${text.replace(/[\\"]/g, (character) => `\\${character}`)}"`,
        );
        assert.deepEqual(
          values(`{${written.join(',')}}`).map(([, value]) => value),
          texts,
        );
      }),
    );
  });
});

describe('the inspector: bytes and texts', () => {
  const bytesFrom = (hex: string) => bytesOf(`\\x${hex}`)!;

  it('are shown in hex and as text', () => {
    assert.equal(
      hexLine(bytesFrom('004b68697075ff0a3c623e00000000000021'), 0),
      '00000000  00 4b 68 69 70 75 ff 0a  3c 62 3e 00 00 00 00 00  ·Khipu··<b>·····',
    );
    assert.match(hexLine(bytesFrom('00'.repeat(16) + '21'), 16), /^00000010 {2}21 {48}!$/);
    assert.equal(bytesOf('octal \\000'), undefined);
    assert.deepEqual([lineCount(''), lineCount('a\nb\n')], [1, 3]);
  });

  it('are known as pictures by their first bytes, and not drawn when they would fill the memory', () => {
    const png = (width: string, height: string): string =>
      `89504e470d0a1a0a0000000d49484452${width}${height}0806000000${'00'.repeat(8)}`;
    assert.deepEqual(pictureOf(bytesFrom(png('00000280', '000001e0'))), {
      type: 'image/png',
      width: 640,
      height: 480,
    });
    assert.equal(pictureOf(bytesFrom(png('0000ffff', '0000ffff'))), undefined);
    const gif = `4749463839610a001400${'00'.repeat(24)}`;
    assert.deepEqual(pictureOf(bytesFrom(gif)), { type: 'image/gif', width: 10, height: 20 });
    const jpeg = `ffd8ffe000044a46ffc0001108006400c8${'00'.repeat(20)}`;
    assert.deepEqual(pictureOf(bytesFrom(jpeg)), { type: 'image/jpeg', width: 200, height: 100 });
    const webp = `52494646000000005745425056503858${'00'.repeat(8)}0f00001f0000${'00'.repeat(8)}`;
    assert.deepEqual(pictureOf(bytesFrom(webp)), { type: 'image/webp', width: 16, height: 32 });
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>').toString('hex');
    assert.equal(pictureOf(bytesFrom(svg)), undefined);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const jpegNoise = new Uint8Array([0xff, 0xd8, ...noise]);
        pictureOf(jpegNoise); // never throws, never hangs
        pictureOf(new Uint8Array(noise));
      }),
    );
  });
});
