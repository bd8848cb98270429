/** Reads one `khipu.yml`: the entries that are good, what is wrong with the others, and where. */
import type * as z from 'zod/mini';
import { glossaryReferences, type GlossaryReference } from './glossaryReferences.ts';
import { entryNames, glossarySchema, type GlossaryContent } from './glossarySchema.ts';
import { readYaml, type GlossaryFault, type GlossaryYaml, type Path } from './glossaryYaml.ts';
import { readPattern } from './hiddenTables.ts';
import { sides } from './joinSides.ts';

/** Plain data: it comes out of a thread. */
export interface GlossaryFile {
  /** What is good of it. */
  readonly content: GlossaryContent;
  /** In the order of the text. */
  readonly faults: readonly GlossaryFault[];
  /** It may hide tables that cannot be read: then no model is asked. */
  readonly hidesUnknown: boolean;
  /** Names of tables, columns and connections in it, and where they stand. */
  readonly references: readonly GlossaryReference[];
}

const nothing: GlossaryContent = { version: 1 };

/** Faults told of; a file of 100,000 mistakes has one. */
const mostFaults = 100;

/** Reads a file's text. */
export function readGlossary(text: string): GlossaryFile {
  const { value, faults: syntax, span } = readYaml(text);
  // In a text that is no good YAML, any part of the list may be missing.
  const mayHide = syntax.length > 0 && /hidden/i.test(text);
  if (value === undefined || value === null) {
    // Too large, or a bomb: nobody knows what it would have said.
    const hidesUnknown = mayHide || (value === undefined && syntax.length > 0);
    return { content: nothing, faults: syntax, hidesUnknown, references: [] };
  }
  const { content, issues } = checked(value);
  const { joins = [], hidden = [] } = content;
  const wrong = [
    ...issues.flatMap((issue) => faultOf(issue, span)),
    ...emptyTerms(value, span),
    ...unequalSides(value, span),
    ...wrongPatterns(value, span),
  ];
  return {
    content: { ...content, joins: joins.filter(({ from, to }) => sides(from).length === sides(to).length) },
    faults: [...syntax, ...wrong].sort((a, b) => a.start - b.start).slice(0, mostFaults),
    hidesUnknown:
      mayHide || issues.some(isAboutHiding) || hidden.some((pattern) => readPattern(pattern) === undefined),
    references: glossaryReferences(value, span),
  };
}

type Issue = z.core.$ZodIssue;

/** What is not understood may have been meant to hide something. */
function isAboutHiding(issue: Issue): boolean {
  const { path, code } = issue;
  if (path.length > 0) return path[0] === 'hidden';
  return code !== 'unrecognized_keys' || issue.keys.some((key) => /^(?:hid|exclud|ignor)/i.test(key));
}

/** What is good of a value, and everything that is not: an entry with a fault is left out, unless only a key is unknown. */
function checked(value: unknown): { content: GlossaryContent; issues: readonly Issue[] } {
  const issues: Issue[] = [];
  let left = withoutEmpty(value);
  // Taking something out can bring nothing new to light but once: an entry without its unknown keys.
  for (let round = 0; round < 3; round++) {
    const read = glossarySchema.safeParse(left, { reportInput: true });
    if (read.success) return { content: read.data, issues };
    issues.push(...read.error.issues);
    left = without(left, read.error.issues);
  }
  return { content: nothing, issues };
}

/** A key that nothing stands behind yet is not there yet. */
function withoutEmpty(value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null));
}

function without(value: unknown, issues: readonly Issue[]): unknown {
  if (!isRecord(value)) return {};
  const dropped = new Map<string, Set<number> | 'all'>();
  const unknown = new Map<string, ReadonlySet<string>>();
  for (const { code, path, ...issue } of issues) {
    const [section, index] = path;
    if (code === 'unrecognized_keys' && 'keys' in issue) {
      unknown.set(path.join('.'), new Set(issue.keys));
      continue;
    }
    const key = String(section);
    const known = dropped.get(key) ?? new Set();
    dropped.set(key, typeof index !== 'number' || known === 'all' ? 'all' : known.add(index));
  }
  const kept = Object.entries(withoutKeys(value, unknown.get('')) as object).flatMap(([key, each]) => {
    const drop = dropped.get(key);
    if (drop === 'all') return [];
    if (!Array.isArray(each)) return [[key, each] as const];
    const items = each.flatMap((item: unknown, at) =>
      drop?.has(at) === true ? [] : [withoutKeys(item, unknown.get(`${key}.${at}`))],
    );
    return [[key, items] as const];
  });
  return Object.fromEntries(kept);
}

function withoutKeys(value: unknown, keys: ReadonlySet<string> | undefined): unknown {
  if (keys === undefined || !isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.has(key)));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function faultOf(issue: Issue, span: GlossaryYaml['span']): GlossaryFault[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      message: `${placeOf(path)}there is no key “${key}”. There is: ${knownKeys(path).join(', ')}.`,
      ...span(path, key),
    }));
  }
  return [{ message: `${placeOf(path)}${wordsOf(issue, path)}`, ...span(path) }];
}

/** `Term 3: ` for what is in an entry. */
function placeOf([section, index]: Path): string {
  const name = Object.entries(entryNames).find(([key]) => key === section)?.[1];
  return name === undefined || index === undefined ? '' : `${name} ${Number(index) + 1}: `;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text; a number, a date, true or false need quotes',
  array: 'a list',
  object: 'an entry with keys',
};

function wordsOf(issue: Issue, path: Path): string {
  const key = [...path].reverse().find((part) => typeof part === 'string');
  const subject = key === undefined ? 'the file' : path.at(-1) === key ? `“${key}”` : `an item of “${key}”`;
  switch (issue.code) {
    case 'invalid_type':
      if (path.length === 0)
        return 'The file has to be keys such as “terms:”, each at the beginning of a line.';
      if (issue.input === undefined) return `${subject} is missing.`;
      return `${subject} has to be ${kinds[issue.expected] ?? issue.expected}.`;
    case 'too_small':
      return `${subject} is empty.`;
    case 'too_big':
      return issue.origin === 'array'
        ? `${subject} has more than ${issue.maximum} items.`
        : `${subject} is longer than ${issue.maximum} characters.`;
    case 'invalid_value':
      return `${subject} has to be ${issue.values.map(String).join(' or ')}.`;
    case 'invalid_union':
      if (issue.input === undefined) return `${subject} is missing.`;
      return `${subject} has to be a column, or a list of columns.`;
    default:
      return `${subject} is not understood.`;
  }
}

function knownKeys([section]: Path): string[] {
  const top = glossarySchema.shape;
  const list = { terms: top.terms, metrics: top.metrics, joins: top.joins }[String(section)];
  return Object.keys(list === undefined ? top : list.def.innerType.def.element.shape);
}

/** The items of a list as they stand in the text, good or not, so that their places are those of the text. */
function itemsOf(value: unknown, section: string): readonly unknown[] {
  const items = isRecord(value) ? value[section] : undefined;
  return Array.isArray(items) ? items : [];
}

function unequalSides(value: unknown, span: GlossaryYaml['span']): GlossaryFault[] {
  return itemsOf(value, 'joins').flatMap((item, at) => {
    const read = glossarySchema.shape.joins.def.innerType.def.element.safeParse(item);
    if (!read.success || sides(read.data.from).length === sides(read.data.to).length) return [];
    const message = `Join ${at + 1}: “from” and “to” have different numbers of columns.`;
    return [{ message, ...span(['joins', at, 'to']) }];
  });
}

function emptyTerms(value: unknown, span: GlossaryYaml['span']): GlossaryFault[] {
  return itemsOf(value, 'terms').flatMap((item, at) => {
    if (!isRecord(item) || typeof item['term'] !== 'string') return [];
    if (isSaid(item['means']) || isSaid(item['tables'])) return [];
    const message = `“${item['term']}” says nothing yet: it needs “means”, “tables”, or both.`;
    return [{ message, ...span(['terms', at]) }];
  });
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function wrongPatterns(value: unknown, span: GlossaryYaml['span']): GlossaryFault[] {
  return itemsOf(value, 'hidden').flatMap((pattern, at) => {
    if (typeof pattern !== 'string' || pattern.trim() === '' || readPattern(pattern) !== undefined) return [];
    const message = `“${pattern}” hides nothing: whole tables are hidden, by schema.table, schema.* or *.table.`;
    return [{ message, ...span(['hidden', at]) }];
  });
}
