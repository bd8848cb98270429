/** The question set of defog's sql-eval: databases as dumps, questions with the SQL that is accepted for each. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import * as z from 'zod';
import { splitStatements } from '../../../src/database/statements.ts';

const line = z.object({
  database: z.string().min(1),
  category: z.string().default(''),
  question: z.string().min(1),
  /** Hints to give to the model. */
  instructions: z.string().default(''),
  /** Accepted answers, parted by `;`; `{a,b}` in the select list stands for any of these columns. */
  gold: z.string().min(1),
});
export type SetQuestion = z.infer<typeof line>;

export interface QuestionSet {
  /** The SQL of each database's dump, by name. */
  readonly dumps: ReadonlyMap<string, string>;
  readonly questions: readonly SetQuestion[];
}

const shared = resolve(import.meta.dirname, '../../../../shared/benchmarks/defog');

/** @throws Error that names the file, and the line in it, that is missing or not as it should be */
export function readQuestionSet(
  questions = resolve(shared, 'questions.jsonl'),
  folder = shared,
): QuestionSet {
  if (!existsSync(folder))
    throw new Error(`There is no ${folder}. Name a folder of dumps with --database DIR.`);
  if (!existsSync(questions)) throw new Error(`There is no ${questions}. Name a file with --questions FILE.`);
  const dumps = new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.sql'))
      .map((name) => [basename(name, '.sql'), readFileSync(resolve(folder, name), 'utf8')]),
  );
  const read = readFileSync(questions, 'utf8')
    .split('\n')
    .flatMap((text, at) => (text.trim() === '' ? [] : [parse(text, `${questions}, line ${at + 1}`)]));
  const homeless = read.find(({ database }) => !dumps.has(database));
  if (homeless !== undefined) throw new Error(`${folder} has no ${homeless.database}.sql.`);
  return { dumps, questions: read };
}

function parse(text: string, where: string): SetQuestion {
  try {
    return line.parse(JSON.parse(text));
  } catch (thrown) {
    throw new Error(`${where}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, {
      cause: thrown,
    });
  }
}

/** The accepted statements of a question, `{a,b}` still in them. */
export function goldStatements(gold: string): string[] {
  // Braces are no SQL, but split like any other sign.
  return splitStatements(gold).map(({ text }) => text.trim());
}

/** The first choice of columns in a statement, `{a,b}`; undefined when there is none. */
export function columnChoice(sql: string): readonly string[] | undefined {
  return /\{([^{}]+)\}/
    .exec(sql)?.[1]
    ?.split(',')
    .map((column) => column.trim());
}

/** A statement with these columns in place of its first choice, and of the `{}` that stands for them in GROUP BY. */
export function withColumns(sql: string, columns: readonly string[]): string {
  const list = columns.join(', ');
  return sql.replace(/\{[^{}]+\}/, () => list).replaceAll('GROUP BY {}', () => `GROUP BY ${list}`);
}

/** A statement with all columns of each choice. */
export function withAllColumns(sql: string): string {
  const columns = columnChoice(sql);
  return columns === undefined ? sql : withAllColumns(withColumns(sql, columns));
}
