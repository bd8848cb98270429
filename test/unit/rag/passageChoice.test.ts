import assert from 'node:assert/strict';
import { passageOf, type DocumentSet, type Passage } from '../../../src/rag/documentSet.ts';
import { choosePassages } from '../../../src/rag/passageChoice.ts';
import { passageNearness } from '../../../src/rag/passageNearness.ts';
import { shop } from './schema.ts';

const file = { path: '/docs/a.md', name: 'docs/a.md', size: 1, mtimeMs: 1 };
const passage = (text: string): Passage => passageOf(file, { heading: ['A'], text, from: 1, to: 1 });
const passages = ['one', 'two', 'three', 'four', 'five', `long ${'x'.repeat(3200)}`].map(passage);
const documents: DocumentSet = {
  passages: new Map(passages.map((each) => [each.id, each])),
  files: 1,
  notices: [],
};
const chosen = (...nearness: readonly number[]): string[] =>
  choosePassages(
    nearness.map((near, at) => ({ id: passages[at]?.id ?? '', score: 1, ranks: {}, nearness: near })),
    documents,
    shop,
  ).map(({ text }) => text.slice(0, 5));

describe('the passages for a question', () => {
  it('are those that speak of it, nearest first, and none when none does', () => {
    assert.deepEqual(chosen(0.6, 0.9, 0.4), ['two', 'one']);
    assert.deepEqual(chosen(0.49, 0.3), []);
    assert.deepEqual(chosen(), []);
  });

  it('are few, and not far behind the nearest', () => {
    assert.deepEqual(chosen(1, 1, 1, 1, 1), ['one', 'two', 'three']);
    assert.deepEqual(chosen(1, 0.55), ['one']);
  });

  it('fit into what they may take of the prompt', () => {
    assert.deepEqual(chosen(0.8, 0, 0, 0, 0, 0.9), ['one']);
  });

  it('are there still', () => {
    const gone = [{ id: 'gone', score: 1, ranks: {}, nearness: 1 }];
    assert.deepEqual(choosePassages(gone, documents, shop), []);
  });
});

describe('a passage that names what is hidden from models', () => {
  it('is left out, in whatever letters', () => {
    const said = ['Wages are in HR.Salaries.', 'Salaries are paid monthly.'].map(passage);
    const set = { ...documents, passages: new Map(said.map((each) => [each.id, each])) };
    const hits = said.map(({ id }) => ({ id, score: 1, ranks: {}, nearness: 1 }));
    const hiding = { ...shop, hiddenRelations: new Set(['hr.salaries']) };
    assert.equal(choosePassages(hits, set, shop).length, 2);
    assert.deepEqual(
      choosePassages(hits, set, hiding).map(({ text }) => text),
      ['Salaries are paid monthly.'],
    );
  });
});

describe('the name of a passage', () => {
  const idOf = (over: { text?: string; from?: number; heading?: string[]; name?: string }): string => {
    const { name = file.name, ...place } = over;
    return passageOf({ ...file, name }, { heading: ['A'], text: 'one', from: 1, to: 1, ...place }).id;
  };

  it('stays when it only moves, so that nothing is embedded anew', () => {
    assert.equal(idOf({ from: 7 }), idOf({}));
  });

  it('changes with its words, its headings and its file', () => {
    const ids = [idOf({}), idOf({ text: 'two' }), idOf({ heading: ['B'] }), idOf({ name: 'docs/b.md' })];
    assert.equal(new Set(ids).size, 4);
  });
});

describe('the nearness of a passage', () => {
  const counts = { passages: 100, having: (word: string) => (word === 'customer' ? 60 : 1) };
  const near = (question: string, text: string): number => passageNearness(question, undefined, counts)(text);

  it('is the share of the question that it speaks of', () => {
    assert.equal(near('churned customers', 'customer churned'), 1);
    assert.equal(near('churned customers', 'weather'), 0);
    assert.equal(near('', 'customer'), 0);
  });

  it('counts a word the less, the more passages speak of it', () => {
    assert.ok(near('churned customers', 'churned') > 0.7);
    assert.ok(near('churned customers', 'customer') < 0.3);
  });
});
