/** The one interface behind which every embedding model stands. */

export interface Embedder {
  /** Names the model and its version; an index made by another one is rebuilt, never mixed. */
  readonly id: string;
  /** Length of every vector. */
  readonly dimension: number;
  /**
   * Unit-length vectors, one for each text, in order; a text without any known word gives the zero vector.
   * @throws KhipuError `index-unavailable`, `model-*` or `cancelled`
   */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>;
}
