/** Patterns of tables that no model is told of: `hr.salaries`, `hr.*`, `*.tmp_*`, and `salaries` for any schema. */

/** A pattern by its parts, in lower case: hiding too much does less harm than hiding too little. */
export interface HiddenPattern {
  readonly schema: string;
  readonly table: string;
}

const form = /^(?:("(?:[^"]|"")+"|[^".\s]+)\.)?("(?:[^"]|"")+"|[^".\s]+)$/u;

/** @returns undefined for what names no table */
export function readPattern(text: string): HiddenPattern | undefined {
  const match = form.exec(text.trim());
  if (match === null) return undefined;
  const [, schema = '*', table = ''] = match;
  return { schema: unquoted(schema), table: unquoted(table) };
}

function unquoted(part: string): string {
  const inner = part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part;
  return inner.toLowerCase();
}

/** Says of a table whether one of the patterns hides it; those without a star are looked up, whatever their number. */
export function hiddenBy(patterns: readonly string[]): (schema: string, table: string) => boolean {
  const exact = new Set<string>();
  const globs: HiddenPattern[] = [];
  for (const pattern of patterns.flatMap((text) => readPattern(text) ?? [])) {
    if (pattern.schema.includes('*') || pattern.table.includes('*')) globs.push(pattern);
    else exact.add(JSON.stringify([pattern.schema, pattern.table]));
  }
  return (schema, table) => {
    const [inSchema, name] = [schema.toLowerCase(), table.toLowerCase()];
    return (
      exact.has(JSON.stringify([inSchema, name])) ||
      globs.some((glob) => fits(glob.schema, inSchema) && fits(glob.table, name))
    );
  };
}

/** Stars stand for any text. Its time is the product of both lengths for any number of stars: a pattern may be hostile. */
function fits(glob: string, name: string): boolean {
  let [at, from] = [0, 0];
  let star: { glob: number; name: number } | undefined;
  while (from < name.length) {
    if (glob[at] === '*') {
      star = { glob: at, name: from };
      at++;
    } else if (glob[at] === name[from]) {
      at++;
      from++;
    } else if (star !== undefined) {
      star = { glob: star.glob, name: star.name + 1 };
      at = star.glob + 1;
      from = star.name;
    } else return false;
  }
  return /^\**$/.test(glob.slice(at));
}
