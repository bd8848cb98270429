/** Where the statements of a script begin and end, by psql's rules: not every `;` ends one. */
import { isTrivia, tokenCursor, type TokenKind } from './sqlTokens.ts';

/** UTF-16 offsets of one statement. */
export interface StatementSpan {
  /** Its first token. */
  readonly start: number;
  /** The end of its last token, before the `;`. */
  readonly end: number;
  /** Behind the `;`, or `end` when it has none. */
  readonly terminatedEnd: number;
  /** Where SQL goes on: behind the data of a COPY … FROM STDIN, else `terminatedEnd`. */
  readonly next: number;
}

/**
 * One pass over the script. A statement ends at its `;`, at a psql command, or at the end of the script.
 * @param onCommand told where each psql command stands, to the end of its line; UTF-16 offsets
 */
export function statementSpans(
  script: string,
  onCommand: (start: number, end: number) => void = () => undefined,
): readonly StatementSpan[] {
  const spans: StatementSpan[] = [];
  let cursor = tokenCursor(script);
  let open: OpenStatement | undefined;
  let mayHoldCopyData = true;
  while (cursor.next()) {
    const kind = cursor.kind;
    if (isTrivia(kind)) continue;
    const { start, end } = cursor;
    if (kind === 'meta') {
      if (open !== undefined) spans.push(unterminated(open));
      open = undefined;
      onCommand(start, end);
    } else if (kind !== 'semicolon' || open?.holdsSemicolons() === true) {
      open ??= new OpenStatement(script, start);
      open.extend(kind, start, end);
    } else if (open !== undefined) {
      const dataEnd: number | undefined =
        mayHoldCopyData && open.readsStdin ? copyDataEnd(script, end) : undefined;
      if (open.readsStdin && dataEnd === undefined) mayHoldCopyData = false; // there is no end mark further on either
      spans.push({ start: open.start, end: open.end, terminatedEnd: end, next: dataEnd ?? end });
      if (dataEnd !== undefined) cursor = tokenCursor(script, dataEnd);
      open = undefined;
    }
  }
  if (open !== undefined) spans.push(unterminated(open));
  return spans;
}

/** The statement that is being read: what it must remember to know whether a `;` ends it. */
class OpenStatement {
  readonly start: number;
  end: number;
  /** It is COPY … FROM STDIN: in a script its data may follow. */
  readsStdin = false;
  readonly #script: string;
  /** Its first tokens, in lower case, as long as they do not say what it is. */
  #head = '';
  #shape: StatementShape = 'undecided';
  /** Open BEGIN ATOMIC and CASE in a routine, open parentheses in a rule. */
  #depth = 0;
  #previous = '';

  constructor(script: string, start: number) {
    this.#script = script;
    this.start = start;
    this.end = start;
  }

  holdsSemicolons(): boolean {
    return this.#depth > 0;
  }

  extend(kind: TokenKind, start: number, end: number): void {
    this.end = end;
    if (this.#shape === 'plain') return;
    const token = kind === 'word' || end === start + 1 ? this.#script.slice(start, end).toLowerCase() : '';
    if (this.#shape === 'undecided') {
      this.#head += `${token} `;
      this.#shape = shapeOf(this.#head);
    }
    if (this.#shape === 'routine') this.#extendRoutine(token);
    else if (this.#shape === 'rule') this.#extendRule(token);
    else if (this.#shape === 'copy' && token === 'stdin' && this.#previous === 'from') this.readsStdin = true;
    this.#previous = token;
  }

  /** Follows psql (psqlscan.l): CASE … END counts within BEGIN ATOMIC … END, but not as the name in `t.end` or `AS end`. */
  #extendRoutine(token: string): void {
    if (this.#depth === 0) {
      if (token === 'atomic' && this.#previous === 'begin') this.#depth = 1;
    } else if (this.#previous !== '.' && this.#previous !== 'as') {
      if (token === 'case') this.#depth++;
      else if (token === 'end') this.#depth--;
    }
  }

  /** CREATE RULE … DO ALSO (command; command). */
  #extendRule(token: string): void {
    if (token === '(') this.#depth++;
    else if (token === ')' && this.#depth > 0) this.#depth--;
  }
}

type StatementShape = 'undecided' | 'plain' | 'routine' | 'rule' | 'copy';

function shapeOf(head: string): StatementShape {
  if (head === 'copy ') return 'copy';
  const created = /^create (?:or (?:replace (\w+ )?)?|(\w+ ))?$/.exec(head);
  if (created === null) return 'plain';
  switch (created[1] ?? created[2]) {
    case undefined:
      return 'undecided';
    case 'function ':
    case 'procedure ':
      return 'routine';
    case 'rule ':
      return 'rule';
    default:
      return 'plain';
  }
}

function unterminated({ start, end }: OpenStatement): StatementSpan {
  return { start, end, terminatedEnd: end, next: end };
}

/** The end of the line `\.` that ends COPY data; undefined when there is none, and then there is no data in the script. */
function copyDataEnd(script: string, from: number): number | undefined {
  const endMark = /[\n\r]\\\.(?=[\n\r]|$)/g;
  endMark.lastIndex = from;
  return endMark.test(script) ? endMark.lastIndex : undefined;
}

/** The comments of a stretch of script between two statements, in order. */
export function commentSpans(script: string, from: number, to: number): readonly CommentSpan[] {
  const comments: CommentSpan[] = [];
  const cursor = tokenCursor(script, from);
  while (cursor.end < to && cursor.next()) {
    const { kind, start, end } = cursor;
    if (kind === 'lineComment' || kind === 'blockComment') comments.push({ kind, start, end });
  }
  return comments;
}

export interface CommentSpan {
  readonly kind: 'lineComment' | 'blockComment';
  readonly start: number;
  readonly end: number;
}
