/** Cuts SQL into what is coloured alike; a picture of the text, not a parser. */

export type SqlTokenKind = 'keyword' | 'string' | 'number' | 'comment' | 'name' | 'other';

export interface SqlToken {
  readonly kind: SqlTokenKind;
  readonly text: string;
  /** UTF-16 offset of its first character. */
  readonly start: number;
}

const keywords = new Set(
  `all analyze and any array as asc between both by case cast collate cross cube current_date current_time
  current_timestamp deallocate default delete desc distinct do else end escape except exists explain extract false fetch
  filter first following for from full group grouping having ilike in inner insert intersect interval into is join last
  lateral leading left like limit localtime localtimestamp materialized natural not null nulls offset on only or order
  ordinality outer over overlaps partition preceding range recursive returning right rollup row rows select set sets show
  similar some symmetric table tablesample then ties to trailing true unbounded union unique unknown update using values
  when where window with within without`.split(/\s+/),
);

const grammar = new RegExp(
  [
    String.raw`(?<comment>--[^\n]*|/\*[\s\S]*?(?:\*/|$))`,
    String.raw`(?<string>[eE]'(?:[^'\\]|''|\\[\s\S])*(?:'|$)|(?:[bBxX]|[uU]&)?'(?:[^']|'')*(?:'|$)|\$(?<tag>\w*)\$[\s\S]*?(?:\$\k<tag>\$|$))`,
    String.raw`(?<name>(?:[uU]&)?"(?:[^"]|"")*(?:"|$))`,
    String.raw`(?<number>(?<![\w$])(?:0[xX][\da-fA-F_]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+))`,
    String.raw`(?<word>[\p{L}_][\p{L}\p{N}_$]*)`,
  ].join('|'),
  'gu',
);

function kindOf(groups: Readonly<Record<string, string | undefined>>): SqlTokenKind {
  if (groups.comment !== undefined) return 'comment';
  if (groups.string !== undefined) return 'string';
  if (groups.name !== undefined) return 'name';
  if (groups.number !== undefined) return 'number';
  return keywords.has(groups.word?.toLowerCase() ?? '') ? 'keyword' : 'other';
}

/** The tokens of `sql`; joined, they are `sql` again. */
export function sqlTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  let from = 0;
  for (const match of sql.matchAll(grammar)) {
    if (match.index > from) tokens.push({ kind: 'other', text: sql.slice(from, match.index), start: from });
    tokens.push({ kind: kindOf(match.groups ?? {}), text: match[0], start: match.index });
    from = match.index + match[0].length;
  }
  if (from < sql.length) tokens.push({ kind: 'other', text: sql.slice(from), start: from });
  return tokens;
}

export interface SqlPlace {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/** The line and column of a UTF-16 offset. */
export function placeOf(sql: string, offset: number): SqlPlace {
  const before = sql.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
