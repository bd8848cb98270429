/** Postgres's own grammar (libpg-query, WASM) behind one call whose positions are UTF-16 offsets. */
import type { Node, ParseResult } from 'libpg-query';
import type { LibpgQueryModule } from 'libpg-query/wasm/libpg-query.js';
import { lastTokenEnd } from './sqlTokens.ts';
import { byteMapToUtf16, codePointsToUtf16 } from './textPositions.ts';

export interface ParsedStatement {
  /** The statement's AST. Locations within it are UTF-8 byte offsets into the whole SQL: see `bytesToUtf16`. */
  readonly node: Node;
  /** UTF-16 offsets of the statement: from its first token to the end of its last, without the `;`. */
  readonly start: number;
  readonly end: number;
}

/** Why there is no tree: the SQL is wrong, or longer or deeper than is taken, or the parser is starting again after such a one. */
export type ParseFailureReason = 'syntax' | 'too-long' | 'too-deep' | 'unavailable';

export interface ParseFailure {
  readonly ok: false;
  readonly reason: ParseFailureReason;
  /** For `syntax` in Postgres's own words. */
  readonly message: string;
  /** UTF-16 offset of what the message speaks of; 0 where Postgres names no place. */
  readonly position: number;
}

export type ParseOutcome =
  { readonly ok: true; readonly statements: readonly ParsedStatement[] } | ParseFailure;

export interface SqlParser {
  /** Parses a script; nothing (or comments alone) is a script of no statements. Never throws. About 0.4 ms for 1 KB, 40 ms for 100 KB. */
  parse(sql: string): ParseOutcome;
  /**
   * Resolves once the parser can be used: at once, except just after a statement that was `too-deep`.
   * @throws what loading the .wasm again throws
   */
  ready(): Promise<void>;
}

/** The most that is parsed, in UTF-8 bytes. */
export const maxSqlBytes = 1_000_000;

/**
 * Loads the grammar (about 25 ms). The .wasm is looked for beside the code: in the package, or in the bundle's own directory.
 * The parser owns its WASM memory: an instance whose stack has overflowed is corrupt, so it is thrown away and made anew.
 * @param maxBytes refuses longer SQL; give about 100 KB where the event loop must not be held for more than 50 ms
 */
export async function loadParser(maxBytes: number = maxSqlBytes): Promise<SqlParser> {
  // The CommonJS module is its own default, also when esbuild has bundled it.
  const { default: createModule } = await import('libpg-query/wasm/libpg-query.js');
  return new Parser(await createModule(), createModule, maxBytes);
}

class Parser implements SqlParser {
  #grammar: LibpgQueryModule | undefined;
  #reviving: Promise<void> | undefined;
  readonly #createModule: () => Promise<LibpgQueryModule>;
  readonly #maxBytes: number;

  constructor(grammar: LibpgQueryModule, createModule: () => Promise<LibpgQueryModule>, maxBytes: number) {
    this.#grammar = grammar;
    this.#createModule = createModule;
    this.#maxBytes = maxBytes;
  }

  parse(sql: string): ParseOutcome {
    const refusal = refuse(sql, this.#maxBytes);
    if (refusal !== undefined) return refusal;
    if (this.#grammar === undefined) {
      this.#startAgain();
      return failure('unavailable', 'The SQL parser is starting again. Try again in a moment.');
    }
    try {
      return readOutcome(this.#grammar, sql);
    } catch (trap) {
      // A trap inside WASM never unwinds the C stack: later parses would read spoilt memory, or never end.
      this.#grammar = undefined;
      this.#startAgain();
      if (trap instanceof RangeError)
        return failure('too-deep', 'The SQL is nested too deeply to be parsed.');
      return failure('unavailable', `The SQL parser failed: ${String(trap)}`);
    }
  }

  ready(): Promise<void> {
    return this.#grammar === undefined ? this.#revive() : Promise.resolve();
  }

  #startAgain(): void {
    this.#revive().catch(() => undefined); // who asks for `ready` is told; the next parse tries anew
  }

  #revive(): Promise<void> {
    this.#reviving ??= this.#createModule()
      .then((created) => void (this.#grammar = created))
      .finally(() => (this.#reviving = undefined));
    return this.#reviving;
  }
}

function failure(reason: ParseFailureReason, message: string, position = 0): ParseFailure {
  return { ok: false, reason, message, position };
}

/** What must not reach the grammar, which stops at a NUL as C does and takes any bytes for text. */
function refuse(sql: string, maxBytes: number): ParseFailure | undefined {
  if (sql.length > maxBytes || Buffer.byteLength(sql) > maxBytes) {
    return failure('too-long', `The SQL is longer than ${maxBytes / 1000} KB.`);
  }
  const nul = sql.indexOf('\0');
  if (nul >= 0) return failure('syntax', 'invalid byte sequence for encoding "UTF8": 0x00', nul);
  const surrogate = sql.isWellFormed() ? -1 : sql.search(/\p{Surrogate}/u);
  if (surrogate < 0) return undefined;
  const [first = 0, second = 0, third = 0] = surrogateBytes(sql.charCodeAt(surrogate));
  const bytes = [first, second, third].map((byte) => `0x${byte.toString(16)}`).join(' ');
  return failure('syntax', `invalid byte sequence for encoding "UTF8": ${bytes}`, surrogate);
}

/** How a lone surrogate would be written if UTF-8 allowed it. */
function surrogateBytes(code: number): number[] {
  return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
}

/** Calls the grammar and reads its answer, a C struct { tree, stderr, error }, before both are freed. */
function readOutcome(grammar: LibpgQueryModule, sql: string): ParseOutcome {
  const bytes = grammar.lengthBytesUTF8(sql) + 1;
  const input = grammar._malloc(bytes);
  grammar.stringToUTF8(sql, input, bytes);
  const result = grammar._wasm_parse_query_raw(input);
  const error = grammar.getValue(result + 8, 'i32');
  const outcome = error === 0 ? readTree(grammar, result, sql) : readError(grammar, error, sql);
  grammar._wasm_free_parse_result(result);
  grammar._free(input);
  return outcome;
}

/** PgQueryError is { message, function, file, line, cursor }; the cursor is a code point, counted from 1, or 0 for none. */
function readError(grammar: LibpgQueryModule, error: number, sql: string): ParseFailure {
  const cursor = grammar.getValue(error + 16, 'i32');
  const message = grammar.UTF8ToString(grammar.getValue(error, 'i32'));
  return failure('syntax', message, codePointsToUtf16(sql, Math.max(cursor - 1, 0)));
}

function readTree(grammar: LibpgQueryModule, result: number, sql: string): ParseOutcome {
  const json = grammar.UTF8ToString(grammar.getValue(result, 'i32'));
  const tree = JSON.parse(json) as ParseResult; // libpg-query's own output, not somebody's input
  const toUtf16 = byteMapToUtf16(sql);
  const statements: ParsedStatement[] = [];
  for (const { stmt: node, stmt_location: from = 0, stmt_len: length } of tree.stmts ?? []) {
    if (node === undefined) continue;
    const start = toUtf16(from);
    const end = length === undefined ? sql.length : toUtf16(from + length);
    statements.push({ node, start, end: lastTokenEnd(sql, start, end) });
  }
  return { ok: true, statements };
}
