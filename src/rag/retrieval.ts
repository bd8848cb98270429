/** What retrieval hands to the prompt, and the record of how it came about. */

import type { SourcePlace } from '../shared/sourcePlace.ts';

/** A question whose SQL a person has checked. */
export interface VerifiedQuestion {
  readonly question: string;
  readonly sql: string;
}

/** What the score of a table is the sum of. */
export const scoreParts = ['table', 'name', 'around', 'schema', 'bestOfSchema', 'vector'] as const;
export type ScorePart = (typeof scoreParts)[number];

/** Why a table was found. */
export interface HitReasons {
  /** What each part adds to the score. */
  readonly parts: Readonly<Record<ScorePart, number>>;
  /** Words of the question, and the most similar word of the table to each, 1 being the same word. */
  readonly matched: readonly WordMatch[];
  /** Columns that words of the question met, and how well. */
  readonly columns: readonly ColumnMatch[];
}

export interface WordMatch {
  readonly asked: string;
  readonly found: string;
  readonly similarity: number;
}

export interface ColumnMatch {
  readonly name: string;
  readonly similarity: number;
}

/** A value, and a column that may hold it. */
export interface ValuePlace {
  /** Id of the table. */
  readonly table: string;
  readonly column: string;
  readonly value: string;
}

/** A value that a question names. */
export interface ValueMatch extends ValuePlace {
  /** It stands between quotes in the question. */
  readonly quoted: boolean;
  /** How many columns have the value. */
  readonly places: number;
}

/**
 * Why a table is in the prompt: everything fits; the question names it; the search found it; the question has a value of
 * a column; the glossary says that a word of the question is about it; it lies between others that are there.
 */
export type TableReason = 'whole-schema' | 'named' | 'glossary' | 'matched' | 'value' | 'foreign-key';

export interface RetrievedTable {
  readonly schema: string;
  readonly name: string;
  readonly reason: TableReason;
  /** Fused score of the search; 0 for those that no search found. */
  readonly score: number;
  /** Why the search found it; undefined where it did not. */
  readonly why?: HitReasons | undefined;
  /** Columns that go into the prompt; all of them when undefined. */
  readonly columns?: readonly string[] | undefined;
}

/** A table as the search ranked it. */
export interface RankedTable {
  readonly id: string;
  readonly score: number;
  readonly why?: HitReasons | undefined;
}

/** An entry of the glossary that goes into the prompt. */
export interface GlossaryMatch {
  readonly kind: 'term' | 'metric';
  readonly name: string;
  readonly synonyms: readonly string[];
  /** What it means. */
  readonly text: string;
  /** What computes a metric. */
  readonly sql?: string | undefined;
  /** `schema.table` or `schema.table.column`. */
  readonly tables: readonly string[];
  /** The words that the question names it by; undefined for a metric that is there because all fit. */
  readonly asked: string | undefined;
}

/** What the glossary adds to a question, and what of it could not be read. */
export interface GlossaryUse {
  readonly matches: readonly GlossaryMatch[];
  /** Entries that the question names and that were left out, each with the reason. */
  readonly leftOut: readonly string[];
  /** One sentence for each file with faults. */
  readonly faults: readonly string[];
  /** Why it is not known which tables are hidden from models, where it is not. */
  readonly hidesUnknown: string | undefined;
}

/** A passage of a document of the user's. */
export interface RetrievedPassage {
  /** Absolute path of the file, and the path as the user knows it. */
  readonly path: string;
  readonly file: string;
  /** The headings that it stands under, outermost first. */
  readonly heading: readonly string[];
  readonly text: string;
  readonly place: SourcePlace;
  /** How much of the question it speaks of, from 0 to 1. */
  readonly nearness: number;
}

export interface Retrieval {
  /** A verified question that asks the same: its SQL is the answer, no model is needed. */
  readonly verified: VerifiedQuestion | undefined;
  readonly tables: readonly RetrievedTable[];
  /** All that the search found, best first and what the question names before it: tables are taken from the top of it. */
  readonly ranking: readonly RankedTable[];
  /** Values that the question names, of columns of the tables. */
  readonly values: readonly ValueMatch[];
  readonly glossary?: GlossaryUse | undefined;
  /** Verified questions near enough to serve as examples, best first. */
  readonly examples: readonly VerifiedQuestion[];
  /** Earlier questions whose SQL the user went on with: weaker examples, that nobody has checked for ever. */
  readonly accepted: readonly VerifiedQuestion[];
  /** Passages of documents that speak of it, nearest first. */
  readonly documents: readonly RetrievedPassage[];
  /** Which engine answered, and what the user should know when it was not the usual one. */
  readonly engine: 'lancedb' | 'memory';
  readonly notice: string | undefined;
  readonly ms: number;
}
