/** The files that retrieval is measured with: a schema, and questions with the tables and columns that their SQL uses. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import type { BenchmarkOptions } from '../measurement.ts';

const line = z.object({
  question: z.string().min(1),
  schema: z.string().optional(),
  /** `schema.table` */
  tables: z.array(z.string()).min(1),
  /** `schema.table.column` */
  columns: z.array(z.string()).default([]),
});
export type MeasuredQuestion = z.infer<typeof line>;

const shared = resolve(import.meta.dirname, '../../../../shared/benchmarks/spider');

export interface QuestionFiles {
  readonly sql: string;
  readonly questions: readonly MeasuredQuestion[];
}

/** @throws Error that names the file, and the line in it, that is missing or not as it should be */
export function readFiles({ schema, questions }: BenchmarkOptions): QuestionFiles {
  const sql = readText(schema ?? resolve(shared, 'schema.sql'), '--schema');
  const path = questions ?? resolve(shared, 'questions.jsonl');
  const lines = readText(path, '--questions').split('\n');
  const read = lines.flatMap((text, at) => (text.trim() === '' ? [] : [readLine(text, path, at + 1)]));
  if (read.length === 0) throw new Error(`${path} holds no question.`);
  return { sql, questions: read };
}

function readText(path: string, option: string): string {
  if (!existsSync(path)) throw new Error(`There is no ${path}. Name a file of your own with ${option} FILE.`);
  return readFileSync(path, 'utf8');
}

function readLine(text: string, path: string, number: number): MeasuredQuestion {
  try {
    return line.parse(JSON.parse(text));
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Error(`${path}, line ${number}: ${why}`, { cause: thrown });
  }
}
