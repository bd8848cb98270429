/** A tolerant lexer of Postgres SQL: every text is a sequence of tokens, and what is left open runs to the end. */

/** `meta` is a psql command (`\d orders`) to the end of its line; `other` is one character of punctuation or of no meaning. */
export type TokenKind =
  | 'space'
  | 'lineComment'
  | 'blockComment'
  | 'string'
  | 'quotedName'
  | 'word'
  | 'number'
  | 'parameter'
  | 'operator'
  | 'semicolon'
  | 'meta'
  | 'other';

/** A place in a text that moves from token to token; `standard_conforming_strings` is taken to be on, as it is by default. */
export interface TokenCursor {
  readonly kind: TokenKind;
  /** UTF-16 offsets of the token; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** Moves to the next token; false when there is none left. */
  next(): boolean;
}

/** @param from where to begin, a UTF-16 offset: it must lie between two tokens */
export function tokenCursor(sql: string, from = 0): TokenCursor {
  return new Cursor(sql, from);
}

/** Whether a token says nothing to Postgres: white space and comments. */
export function isTrivia(kind: TokenKind): boolean {
  return kind === 'space' || kind === 'lineComment' || kind === 'blockComment';
}

/** Where the last token that is not trivia ends within [from, to), two places between tokens; `from` when there is none. */
export function lastTokenEnd(sql: string, from: number, to: number): number {
  const cursor = tokenCursor(sql, from);
  let end = from;
  while (cursor.next() && cursor.start < to) if (!isTrivia(cursor.kind)) end = cursor.end;
  return end;
}

/** What separates the parts of a string that continues on a later line (scan.l's quotecontinue). */
const quoteContinues = /[ \t\f\v]*(?:--[^\n\r]*)?[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'/y;
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const parameter = /\$[0-9]+/y;

/** What an ASCII character can be, as bits: tables and not patterns, since a script of 1 MB is read between two key strokes. */
const space = 1;
const wordStart = 2;
const wordRest = 4;
const digit = 8;
const numberRest = 16;
const operator = 32;
const classes = classesOfAscii();

function classesOfAscii(): Uint8Array {
  const table = new Uint8Array(128);
  const add = (pattern: RegExp, bit: number): void => {
    for (let code = 0; code < 128; code++)
      if (pattern.test(String.fromCharCode(code))) table[code] = (table[code] ?? 0) | bit;
  };
  add(/[ \t\n\r\f\v]/, space);
  add(/[A-Za-z_]/, wordStart);
  add(/[A-Za-z_0-9$]/, wordRest);
  add(/[0-9]/, digit);
  add(/[0-9A-Za-z_.]/, numberRest);
  add(/[-+*/<>=~!@#%^&|`?]/, operator);
  return table;
}

/** Every character beyond ASCII is a letter to Postgres. */
function classOf(code: number): number {
  return code < 128 ? (classes[code] ?? 0) : wordStart | wordRest;
}

/** The first offset from `at` on whose character is not of the class. */
function skip(sql: string, at: number, bit: number): number {
  let end = at;
  while (end < sql.length && (classOf(sql.charCodeAt(end)) & bit) !== 0) end++;
  return end;
}

class Cursor implements TokenCursor {
  kind: TokenKind = 'other';
  start: number;
  end: number;
  readonly #sql: string;

  constructor(sql: string, from: number) {
    this.#sql = sql;
    this.start = from;
    this.end = from;
  }

  next(): boolean {
    this.start = this.end;
    if (this.start >= this.#sql.length) return false;
    this.end = this.#read(this.start);
    return true;
  }

  /** Sets the kind of the token at `at` and returns its end, always beyond `at`. */
  #read(at: number): number {
    const sql = this.#sql;
    const first = classOf(sql.charCodeAt(at));
    if ((first & space) !== 0) return this.#is('space', skip(sql, at, space));
    if ((first & wordStart) !== 0) return this.#readWord(at);
    if ((first & digit) !== 0) return this.#is('number', skip(sql, at, numberRest));
    if ((first & operator) !== 0) return this.#readOperator(at);
    switch (sql.charAt(at)) {
      case "'":
        return this.#is('string', quoteEnd(sql, at, "'"));
      case '"':
        return this.#is('quotedName', quoteEnd(sql, at, '"'));
      case ';':
        return this.#is('semicolon', at + 1);
      case '\\':
        // psql's `\;` ends a statement without sending it.
        return sql[at + 1] === ';' ? this.#is('semicolon', at + 2) : this.#is('meta', lineEnd(sql, at));
      case '$':
        return this.#readDollar(at);
      default: {
        const isOperator = sql.startsWith('::', at) || sql.startsWith(':=', at) || sql.startsWith('..', at);
        return isOperator ? this.#is('operator', at + 2) : this.#is('other', at + 1);
      }
    }
  }

  #is(kind: TokenKind, end: number): number {
    this.kind = kind;
    return end;
  }

  /** A word, or a string or name that a word's letter introduces: E'', B'', X'', N'', U&'', U&"". */
  #readWord(at: number): number {
    const sql = this.#sql;
    const second = sql[at + 1];
    if (second !== "'" && second !== '&') return this.#is('word', skip(sql, at, wordRest));
    const letter = sql.charAt(at).toLowerCase();
    if (second === "'" && 'ebxn'.includes(letter)) {
      return this.#is('string', letter === 'e' ? escapedStringEnd(sql, at + 1) : quoteEnd(sql, at + 1, "'"));
    }
    const third = sql[at + 2];
    if (letter === 'u' && second === '&') {
      if (third === "'") return this.#is('string', quoteEnd(sql, at + 2, "'"));
      if (third === '"') return this.#is('quotedName', quoteEnd(sql, at + 2, '"'));
    }
    return this.#is('word', skip(sql, at, wordRest));
  }

  #readDollar(at: number): number {
    const sql = this.#sql;
    const opened = match(dollarTag, sql, at);
    if (opened > at) {
      const closing = sql.indexOf(sql.slice(at, opened), opened);
      return this.#is('string', closing < 0 ? sql.length : closing + opened - at);
    }
    const numbered = match(parameter, sql, at);
    return numbered > at ? this.#is('parameter', numbered) : this.#is('other', at + 1);
  }

  /** A run of operator characters, which a comment ends. */
  #readOperator(at: number): number {
    const sql = this.#sql;
    if (sql.startsWith('--', at)) return this.#is('lineComment', lineEnd(sql, at));
    if (sql.startsWith('/*', at)) return this.#is('blockComment', blockCommentEnd(sql, at));
    const run = skip(sql, at, operator);
    let end = at + 1;
    while (end < run && !sql.startsWith('--', end) && !sql.startsWith('/*', end)) end++;
    return this.#is('operator', end);
  }
}

/** Where a sticky pattern that starts at `at` ends; `at` when it does not match. */
function match(pattern: RegExp, sql: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(sql) ? pattern.lastIndex : at;
}

function lineEnd(sql: string, at: number): number {
  let end = at;
  for (
    let code = sql.charCodeAt(end);
    end < sql.length && code !== 10 && code !== 13;
    code = sql.charCodeAt(end)
  )
    end++;
  return end;
}

/** The end of a string or name whose only escape is the doubled quote. */
function quoteEnd(sql: string, opening: number, quote: string): number {
  let at = opening + 1;
  for (;;) {
    const closing = sql.indexOf(quote, at);
    if (closing < 0) return sql.length;
    if (sql[closing + 1] !== quote) return closing + 1;
    at = closing + 2;
  }
}

/** The end of E'…', which goes on, still with backslash escapes, in a quote on a later line. */
function escapedStringEnd(sql: string, opening: number): number {
  for (let at = opening + 1; at < sql.length; at++) {
    const character = sql[at];
    if (character === '\\') at++;
    else if (character === "'") {
      if (sql[at + 1] === "'") at++;
      else {
        const continued = match(quoteContinues, sql, at + 1);
        if (continued === at + 1) return continued;
        at = continued - 1;
      }
    }
  }
  return sql.length;
}

function blockCommentEnd(sql: string, opening: number): number {
  let depth = 1;
  const mark = /\/\*|\*\//g;
  mark.lastIndex = opening + 2;
  while (depth > 0) {
    const found = mark.exec(sql);
    if (found === null) return sql.length;
    depth += found[0] === '/*' ? 1 : -1;
  }
  return mark.lastIndex;
}
