/** Finds what of the glossary a question speaks of. */
import { qualified, type Catalog } from '../database/catalog.ts';
import { estimateTokens } from './card.ts';
import type { Glossary } from './glossary.ts';
import { resolvePlace } from './glossaryPlaces.ts';
import { dotted, mentions } from './hiddenMention.ts';
import type { GlossaryMatch, GlossaryUse } from './retrieval.ts';
import { words } from './words.ts';

/** Tokens that entries which the question names may take of a prompt. */
const matchedTokens = 1500;
/** Tokens that figures which it does not name may take together: where they do not fit, none of them goes in. */
const otherTokens = 400;

/** Entries that were left out and are told of. */
const toldOf = 20;

/** Scripts that put no blanks between words: there a word is looked for as it is written. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

interface Entry {
  readonly match: Omit<GlossaryMatch, 'asked'>;
  readonly phrases: readonly string[];
}

export interface GlossaryFinding {
  readonly use: GlossaryUse;
  /** Ids of the tables that matched entries speak of. */
  readonly tables: readonly string[];
  /** Names of columns that they speak of, by the id of the table. */
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * The entries that the question names by a word or several, longest first where they overlap, as far as there is room.
 * @param catalog as models may know it: what an entry says of other tables is passed over, and a figure that needs one is left out
 */
export function matchGlossary(question: string, glossary: Glossary, catalog: Catalog): GlossaryFinding {
  const asked = askedPhrases(question, glossary);
  const matches: GlossaryMatch[] = [];
  const leftOut: string[] = [];
  const tables = new Set<string>();
  const columns = new Map<string, Set<string>>();
  const tells = mentions(catalog.hiddenRelations);
  let left = matchedTokens;
  for (const [{ match, phrases }, phrase] of asked) {
    const cost = costOf(match, phrases);
    const places = cost > left ? undefined : placesOf(match, catalog, tells);
    if (places === undefined) {
      leftOut.push(`${match.name} (${cost > left ? 'no room' : 'a table of it is hidden or missing'})`);
      continue;
    }
    left -= cost;
    matches.push({ ...match, tables: places.map(({ written }) => written), asked: phrase });
    for (const { id, met } of places) {
      tables.add(id);
      columns.set(id, new Set([...(columns.get(id) ?? []), ...met]));
    }
  }
  return {
    use: {
      matches,
      leftOut: leftOut.slice(0, toldOf),
      faults: glossary.faults,
      hidesUnknown: glossary.hidesUnknown,
    },
    tables: [...tables],
    columns,
  };
}

/**
 * Figures that the question does not name by a word of the glossary: they may be meant all the same.
 * @param shown ids of the tables that the prompt shows: what is over others would mislead
 */
export function otherMetrics(
  glossary: Glossary,
  matched: readonly GlossaryMatch[],
  catalog: Catalog,
  shown: ReadonlySet<string>,
): GlossaryMatch[] {
  const names = new Set(matched.map(({ name }) => name));
  const others = glossary.metrics.filter(({ name }) => !names.has(name)).map(metricEntry);
  const found: GlossaryMatch[] = [];
  const tells = mentions(catalog.hiddenRelations);
  let left = otherTokens;
  for (const { match, phrases } of others) {
    left -= costOf(match, phrases);
    if (left < 0) return [];
    const places = placesOf(match, catalog, tells);
    if (places?.every(({ id }) => shown.has(id)) !== true) continue;
    found.push({ ...match, tables: places.map(({ written }) => written), asked: undefined });
  }
  return found;
}

function metricEntry({
  name,
  synonyms = [],
  sql,
  tables = [],
  description = '',
}: Glossary['metrics'][number]): Entry {
  return {
    match: { kind: 'metric', name, synonyms, sql, text: description, tables },
    phrases: [name, ...synonyms],
  };
}

function termEntry({ term, synonyms = [], means = '', tables = [] }: Glossary['terms'][number]): Entry {
  return { match: { kind: 'term', name: term, synonyms, text: means, tables }, phrases: [term, ...synonyms] };
}

/** The entries that are named, each with the words that name it, in the order of the question. */
function askedPhrases(question: string, glossary: Glossary): Map<Entry, string> {
  const entries = [...glossary.terms.map(termEntry), ...glossary.metrics.map(metricEntry)];
  const byWords = new Map<string, [entry: Entry, phrase: string][]>();
  const found = new Map<Entry, string>();
  let longest = 0;
  for (const entry of entries) {
    for (const phrase of entry.phrases) {
      const split = words(phrase);
      longest = Math.max(longest, split.length);
      const key = split.join(' ');
      const named = byWords.get(key);
      if (named === undefined) byWords.set(key, [[entry, phrase]]);
      else named.push([entry, phrase]);
      if (unspaced.test(phrase) && question.includes(phrase)) found.set(entry, phrase);
    }
  }
  const asked = words(question);
  for (let start = 0; start < asked.length; start++) {
    for (let length = Math.min(longest, asked.length - start); length > 0; length--) {
      const named = byWords.get(asked.slice(start, start + length).join(' '));
      if (named === undefined) continue;
      for (const [entry, phrase] of named) if (!found.has(entry)) found.set(entry, phrase);
      start += length - 1;
      break;
    }
  }
  return found;
}

/** Tokens of its line in a prompt. */
function costOf({ text, sql = '', tables }: Entry['match'], phrases: readonly string[]): number {
  return estimateTokens([...phrases, text, sql, ...tables].join(' '));
}

interface MetPlace {
  readonly id: string;
  /** As the entry names it, for the prompt. */
  readonly written: string;
  /** Columns of it. */
  readonly met: readonly string[];
}

const names = /[\p{L}_][\p{L}\p{N}_$]*/gu;

/** The tables of an entry; undefined where it speaks of one that is hidden, or its SQL is over one that is not there. */
function placesOf(
  { kind, sql = '', text, tables }: Entry['match'],
  catalog: Catalog,
  tells: (text: string) => boolean,
): MetPlace[] | undefined {
  if (tells(`${sql} ${text}`)) return undefined;
  const inSql = new Set(sql.toLowerCase().match(names) ?? []);
  const places = new Map<string, MetPlace>();
  for (const written of [...tables, ...(sql.match(dotted) ?? [])]) {
    const place = resolvePlace(catalog, written);
    if (place === undefined) {
      if (kind === 'metric' && tables.includes(written)) return undefined;
      continue;
    }
    const { schema, name, columns } = place.relation;
    const id = qualified(schema, name);
    const met = columns.map((column) => column.name).filter((each) => inSql.has(each.toLowerCase()));
    const full = place.column === undefined ? id : `${id}.${place.column}`;
    const own = place.column === undefined ? [] : [place.column];
    if (tables.includes(written) || !places.has(full))
      places.set(full, { id, written: full, met: [...met, ...own] });
  }
  return [...places.values()];
}
