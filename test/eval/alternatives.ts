/** The statements that a reference answer stands for: `{a, b}` in it is any non-empty choice of these columns, and `{}` the same choice. */
import { columnChoice, goldStatements, withColumns } from '../bench/defog/questionSet.ts';

/** More columns in one pair of braces would make more statements than anyone accepts. */
const mostChoices = 6;

/** All accepted statements, those with the most columns first. */
export function alternatives(gold: string): string[] {
  return goldStatements(gold).flatMap(expand);
}

function expand(sql: string): string[] {
  const columns = columnChoice(sql);
  return columns === undefined
    ? [sql]
    : choices(columns).flatMap((chosen) => expand(withColumns(sql, chosen)));
}

function choices(columns: readonly string[]): string[][] {
  const some = columns.slice(0, mostChoices);
  const subsets = Array.from({ length: 2 ** some.length - 1 }, (_, at) =>
    some.filter((__, column) => ((at + 1) >> column) & 1),
  );
  return subsets.sort((a, b) => b.length - a.length);
}
