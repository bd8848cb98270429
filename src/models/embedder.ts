/** The one interface behind which every embedding model stands. */

export interface Embedder {
  /** Names the model and its version; an index made by another one is rebuilt, never mixed. */
  readonly id: string;
  /** Length of every vector; undefined until a model of another server has made its first one. */
  readonly dimension: number | undefined;
  /** Texts that are best embedded together, so that what is made is kept before the next are asked for; all when left out. */
  readonly batchSize?: number;
  /**
   * Unit-length vectors, one for each text, in order; a text without any known word gives the zero vector.
   * @throws KhipuError `index-unavailable`, `model-*`, `timeout` or `cancelled`
   */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>;
  /**
   * The vector of a question as it was asked, within seconds or not at all; where it is left out, `embed` takes the
   * question's words.
   * @throws KhipuError as `embed` does
   */
  embedQuestion?(question: string, signal: AbortSignal): Promise<Float32Array>;
}
