/** What a database holds besides tables, columns and functions: keys, indexes, triggers, policies, types, sequences, roles. */

/** A primary or unique key. */
export interface Key {
  readonly name: string;
  /** In the key's own order. */
  readonly columns: readonly string[];
}

/** A CHECK or EXCLUDE constraint. */
export interface Check {
  readonly name: string;
  /** As `pg_get_constraintdef` prints it: `CHECK ((total >= 0))`. */
  readonly definition: string;
}

export interface Index {
  readonly name: string;
  /** `btree`, `gin`, … */
  readonly method: string;
  readonly unique: boolean;
  readonly primary: boolean;
  /** Columns searched by, in order; undefined stands for an expression. */
  readonly columns: readonly (string | undefined)[];
  /** Columns merely carried along (INCLUDE). */
  readonly included: readonly string[];
  /** As `pg_get_indexdef` prints it, where columns do not say all: with expressions or a WHERE. */
  readonly definition: string | undefined;
  /** Bytes, by the planner's count of pages. */
  readonly sizeEstimate: number | undefined;
  readonly comment: string | undefined;
}

export interface Trigger {
  readonly name: string;
  /** As `pg_get_triggerdef` prints it. */
  readonly definition: string;
  readonly enabled: boolean;
  readonly comment: string | undefined;
}

export type PolicyCommand = 'all' | 'select' | 'insert' | 'update' | 'delete';

/** A row security policy. */
export interface Policy {
  readonly name: string;
  readonly permissive: boolean;
  readonly command: PolicyCommand;
  /** Names of roles; `public` stands for everyone. */
  readonly roles: readonly string[];
  /** Which rows are seen. */
  readonly using: string | undefined;
  /** Which rows may be written. */
  readonly check: string | undefined;
  readonly comment: string | undefined;
}

export type UserTypeKind = 'domain' | 'composite' | 'range' | 'base';

/** A type of the user's or of an extension; enums have a list of their own in the catalog. */
export interface UserType {
  readonly schema: string;
  readonly name: string;
  readonly kind: UserTypeKind;
  /** The type under a domain, or that a range ranges over. */
  readonly base: string | undefined;
  /** A domain's. */
  readonly nullable: boolean;
  /** A domain's. */
  readonly default: string | undefined;
  /** A domain's. */
  readonly checks: readonly Check[];
  /** A composite type's. */
  readonly attributes: readonly {
    readonly name: string;
    readonly type: string;
    readonly comment: string | undefined;
  }[];
  readonly comment: string | undefined;
}

/** Numbers are Postgres's text: they may be too large for a JavaScript number. */
export interface Sequence {
  readonly schema: string;
  readonly name: string;
  readonly type: string;
  readonly start: string;
  readonly increment: string;
  readonly minimum: string;
  readonly maximum: string;
  readonly cycles: boolean;
  /** The column that it numbers and ends with. */
  readonly ownedBy: { readonly schema: string; readonly table: string; readonly column: string } | undefined;
  readonly comment: string | undefined;
}

export interface Extension {
  readonly name: string;
  readonly version: string;
  readonly schema: string;
  readonly comment: string | undefined;
}

/** A role; those that Postgres itself brings (`pg_…`) are not listed. */
export interface Role {
  readonly name: string;
  readonly canLogin: boolean;
  readonly superuser: boolean;
  readonly memberOf: readonly string[];
}

/** A kind of object that could not be read; the catalog shows none of it. */
export interface MissingPart {
  /** In words: `policies`, `columns of the system catalog`. */
  readonly part: string;
  /** The server's own words. */
  readonly reason: string;
  readonly sqlState: string | undefined;
}
