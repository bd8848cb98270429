/** A made-up catalog of many tables, named with thousands of English words as a large company's are, and questions about them. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { noCallables } from '../../src/database/callables.ts';
import type { Catalog, Column, Relation } from '../../src/database/catalog.ts';
import { decodeVectors } from '../../src/models/vectorFile.ts';

export const vectorsPath = resolve('dist/vectors.bin');
export const workerEntry = resolve('dist/ragWorker.cjs');

const schemas = 12;
const columnsPerTable = 12;
const keysPerTable = 2;
/** Words that names are made of, by frequency in English: beyond the most usual, which no name has. */
const firstWord = 300;
const wordCount = 20_000;

/** Numbers that look random and are the same each time. */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state % below;
  };
}

function englishWords(): string[] {
  const { table } = decodeVectors(readFileSync(vectorsPath));
  const word = (at: number): string => table.bytes.toString('utf8', table.starts[at], table.starts[at + 1]);
  return Array.from({ length: wordCount }, (_, at) => word(firstWord + at)).filter((each) =>
    /^[a-z]{3,}$/.test(each),
  );
}

/** By Zipf's law: few words stand in many names, and most in few. */
function picker(words: readonly string[], next: (below: number) => number): () => string {
  return () =>
    words[Math.min(words.length - 1, Math.floor(words.length ** ((next(10_000) + 1) / 10_001)) - 1)] ?? '';
}

export function manyTables(count: number, changed = 0): Catalog {
  const next = sequence(7);
  const word = picker(englishWords(), next);
  const names = Array.from({ length: count }, (_, at) => `${word()}_${word()}_${at}`);
  const schemaOf = (at: number): string => `area_${at % schemas}`;
  const column = (name: string): Column => ({
    ...{
      name,
      type: 'text',
      nullable: true,
      primaryKey: name === 'id',
      default: undefined,
      comment: undefined,
    },
  });
  const relations = names.map((name, at): Relation => {
    const targets = Array.from({ length: keysPerTable }, () => next(count));
    const keys = targets.map((target) => `${names[target] ?? ''}_id`);
    const others = Array.from({ length: columnsPerTable - 1 - keysPerTable }, () => `${word()}_${word()}`);
    return {
      ...{ schema: schemaOf(at), name, kind: 'table', rowEstimate: undefined, partitionOf: undefined },
      comment: at < changed ? 'changed' : `What is known of each ${word()}`,
      columns: ['id', ...keys, ...others].map(column),
      foreignKeys: targets.map((target, key) => ({
        ...{ name: `fk_${key}`, columns: [keys[key] ?? ''], toColumns: ['id'] },
        ...{ toSchema: schemaOf(target), toTable: names[target] ?? '' },
      })),
    };
  });
  return {
    ...{ database: 'many', serverVersion: 180_000, searchPath: ['public'], schemas: [], relations },
    ...{ routines: [], enums: [], callables: noCallables, systemRelations: new Map() },
  };
}

/** Questions of about ten words that say something, all different. */
export function manyQuestions(catalog: Catalog, count: number): string[] {
  const next = sequence(11);
  const word = picker(englishWords(), next);
  return Array.from({ length: count }, () => {
    const table = catalog.relations[next(catalog.relations.length)];
    const column = table?.columns[4]?.name.replaceAll('_', ' ') ?? '';
    const name = table?.name.replace(/_\d+$/, '').replaceAll('_', ' ') ?? '';
    return `Which ${name} of the ${word()} have the highest ${column} for each ${word()} in the last ${word()}, by ${word()}?`;
  });
}
