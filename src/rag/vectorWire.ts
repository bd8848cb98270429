/** Vectors as one text, for the way between two processes: as lists of decimal numbers they would be three times as long. */
import { KhipuError } from '../shared/errors.ts';

export interface PackedVectors {
  readonly dimension: number;
  /** The 32-bit numbers of all vectors, one after the other, as base64. */
  readonly numbers: string;
}

/** @param vectors all of one length */
export function packVectors(vectors: readonly Float32Array[]): PackedVectors {
  const dimension = vectors[0]?.length ?? 0;
  const all = new Float32Array(dimension * vectors.length);
  for (const [index, vector] of vectors.entries()) all.set(vector, index * dimension);
  return { dimension, numbers: Buffer.from(all.buffer).toString('base64') };
}

/**
 * @param count how many there must be
 * @throws KhipuError `protocol` when there are not
 */
export function unpackVectors({ dimension, numbers }: PackedVectors, count: number): Float32Array[] {
  const bytes = Buffer.from(numbers, 'base64');
  if (bytes.length !== dimension * count * 4) {
    throw new KhipuError('protocol', `${count} vectors were to come, and ${bytes.length} bytes came.`);
  }
  // A copy, for the numbers of a Float32Array must begin at a multiple of 4.
  const all = new Float32Array(new Uint8Array(bytes).buffer);
  return Array.from({ length: count }, (_, index) => all.slice(index * dimension, (index + 1) * dimension));
}
