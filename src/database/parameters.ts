/** Parameters in a statement that a person wrote: `$1` as Postgres has them, `:name` as psql has them, put in Postgres's form. */
import { isTrivia, tokenCursor, type TokenKind } from './sqlTokens.ts';

/** What is bound: Postgres's text of a value, or NULL, which is not the empty text. */
export type ParameterValue = string | null;

/** Values by the parameter as it is written: `:from`, `$1`. */
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

export interface ParameterisedSql {
  /** With `$1`, `$2`… without a gap; the source itself when it has no parameter. */
  readonly text: string;
  /** What stands for `$1`, `$2`… in the source. */
  readonly names: readonly string[];
  /** A UTF-16 offset in `text` as one in the source; within a parameter, its beginning. */
  readonly toSource: (offset: number) => number;
}

/** A parameter where it stands; UTF-16 offsets, `end` is exclusive. */
export interface ParameterMark {
  /** As it is written: `:from`, `$1`. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** A word or number stands right before, which a `$` would go on. */
  readonly joined: boolean;
}

/** Puts `$n` for every parameter. Nothing else is changed. */
export function readParameters(sql: string): ParameterisedSql {
  if (!/[:$]/.test(sql)) return { text: sql, names: [], toSource: (offset) => offset };
  const marks = parameterMarks(sql);
  const names = namesOf(marks);
  const numbers = new Map(names.map((name, index) => [name, index + 1]));
  let text = '';
  let copied = 0;
  const replaced: { readonly from: number; readonly to: number; readonly source: ParameterMark }[] = [];
  for (const mark of marks) {
    text += sql.slice(copied, mark.start);
    const from = text.length;
    text += `${mark.joined ? ' ' : ''}$${numbers.get(mark.name) ?? 0}`;
    replaced.push({ from, to: text.length, source: mark });
    copied = mark.end;
  }
  return {
    text: text + sql.slice(copied),
    names,
    toSource: (offset) => {
      const last = replaced.findLast(({ from }) => from <= offset);
      if (last === undefined) return offset;
      return offset < last.to ? last.source.start : last.source.end + offset - last.to;
    },
  };
}

/** An error message about the rewritten text, `syntax error at or near "$1"`, in the words of the source. */
export function inSourceWords(message: string, names: readonly string[]): string {
  return message.replaceAll(/\$(\d+)/g, (number, digits: string) => names[Number(digits) - 1] ?? number);
}

/** The parameters in the order of their numbers: those of Postgres first, each named one after them as it first comes. */
function namesOf(marks: readonly ParameterMark[]): string[] {
  const names = [...new Set(marks.map(({ name }) => name))];
  const numbered = names.filter((name) => name.startsWith('$'));
  const numberOf = (name: string): number => Number(name.slice(1));
  return [
    ...numbered.toSorted((one, other) => numberOf(one) - numberOf(other)),
    ...names.filter((name) => !name.startsWith('$')),
  ];
}

/**
 * Every parameter of a text, in order. A colon has three meanings of Postgres's own, which are left alone: the cast `::`, the
 * bounds of a slice (the first colon of a subscript), and what parts name from value in JSON_OBJECT and JSON_OBJECTAGG.
 */
export function parameterMarks(sql: string): readonly ParameterMark[] {
  const marks: ParameterMark[] = [];
  const brackets: Bracket[] = [];
  const cursor = tokenCursor(sql);
  let before: Token = { kind: 'semicolon', text: ';', end: 0 };
  let colon: { readonly at: number; readonly joined: boolean } | undefined;
  while (cursor.next()) {
    const { kind, start, end } = cursor;
    if (isTrivia(kind)) {
      colon = undefined;
      continue;
    }
    const text = kind === 'word' || end === start + 1 ? sql.slice(start, end) : '';
    if (colon !== undefined && kind === 'word') {
      marks.push({ name: `:${text}`, start: colon.at, end, joined: colon.joined });
      before = { kind: 'parameter', text, end };
      colon = undefined;
      continue;
    }
    if (kind === 'parameter') {
      const name = `$${sql.slice(start + 1, end).replace(/^0+(?=.)/, '')}`;
      if (name !== '$0') marks.push({ name, start, end, joined: false });
    }
    const joined = before.end === start && (before.kind === 'word' || before.kind === 'number');
    colon =
      text === ':' && beginsParameter(brackets.at(-1), before, start) ? { at: start, joined } : undefined;
    follow(brackets, text, before);
    before = { kind, text, end };
  }
  return marks;
}

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly end: number;
}

/** An open bracket, as far as it says what a colon in it means. */
interface Bracket {
  readonly kind: 'group' | 'json' | 'array' | 'subscript';
  /** The colon of the slice has come. */
  sliced: boolean;
}

function follow(brackets: Bracket[], text: string, before: Token): void {
  const word = before.kind === 'word' ? before.text.toLowerCase() : '';
  if (text === '(') {
    const isJson = word === 'json_object' || word === 'json_objectagg';
    brackets.push({ kind: isJson ? 'json' : 'group', sliced: false });
  } else if (text === '[') {
    const isNested = brackets.at(-1)?.kind === 'array' && (before.text === '[' || before.text === ',');
    brackets.push({ kind: word === 'array' || isNested ? 'array' : 'subscript', sliced: false });
  } else if (text === ')' || text === ']') brackets.pop();
}

function beginsParameter(bracket: Bracket | undefined, before: Token, at: number): boolean {
  if (bracket?.kind === 'subscript' && !bracket.sliced) {
    bracket.sliced = true;
    return false;
  }
  return bracket?.kind !== 'json' || !endsOperand(before, at);
}

/** Words behind which, in a JSON constructor, a value begins. */
const beforeOperand = new Set(
  'key value and or not in is like ilike similar to between symmetric escape case when then else distinct from all collate'.split(
    ' ',
  ),
);

function endsOperand({ kind, text, end }: Token, at: number): boolean {
  if (kind === 'word') return end === at || !beforeOperand.has(text.toLowerCase());
  return (
    kind === 'string' ||
    kind === 'number' ||
    kind === 'quotedName' ||
    kind === 'parameter' ||
    text === ')' ||
    text === ']'
  );
}
