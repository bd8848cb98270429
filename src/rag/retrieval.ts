/** What retrieval hands to the prompt, and the record of how it came about. */

/** A question whose SQL a person has checked. */
export interface VerifiedQuestion {
  readonly question: string;
  readonly sql: string;
}

/** Why a table is in the prompt. */
export type TableReason = 'whole-schema' | 'named' | 'matched' | 'foreign-key';

export interface RetrievedTable {
  readonly schema: string;
  readonly name: string;
  readonly reason: TableReason;
  /** Fused score of the search; 0 for those that no search found. */
  readonly score: number;
}

export interface Retrieval {
  /** A verified question that asks the same: its SQL is the answer, no model is needed. */
  readonly verified: VerifiedQuestion | undefined;
  readonly tables: readonly RetrievedTable[];
  /** Verified questions near enough to serve as examples, best first. */
  readonly examples: readonly VerifiedQuestion[];
  /** Which engine answered, and what the user should know when it was not the usual one. */
  readonly engine: 'lancedb' | 'memory';
  readonly notice: string | undefined;
  readonly ms: number;
}
