/** Short answers that a model offers to choose from, in whatever form it wrote the list. */
import * as z from 'zod/mini';
import { tame } from './schemaText.ts';

/** More are not offered. */
const mostChoices = 5;

/** Small models write a list as one text, its items as objects, or something that is no list at all. */
export const writtenChoices = z.catch(
  z.nullish(z.union([z.string(), z.array(z.union([z.string(), z.number(), z.looseObject({})]))])),
  null,
);

/** Where an item that is an object has its words. */
const wordKeys = ['label', 'reading', 'option', 'answer', 'text', 'title', 'value', 'description'];

/** What the list offers: each once, on one line, without the marks of a list. */
export function choicesOf(written: z.infer<typeof writtenChoices>): string[] {
  const items = typeof written === 'string' ? written.split('\n') : (written ?? []);
  const words = items.map((item) => tame(wordsOf(item)).replace(/^(?:[-*•]|\d{1,2}[.)])\s+/, ''));
  return [...new Set(words.filter((each) => each !== ''))].slice(0, mostChoices);
}

function wordsOf(item: string | number | Readonly<Record<string, unknown>>): string {
  if (typeof item !== 'object') return String(item);
  const found = wordKeys.map((key) => item[key]).find((value) => typeof value === 'string');
  return found ?? '';
}
