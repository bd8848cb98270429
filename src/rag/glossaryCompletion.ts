/** What can stand at a place of a glossary: keys of the form, and names of the catalog and of connections. */
import { qualified, type Catalog, type Relation } from '../database/catalog.ts';
import { resolvePlace } from './glossaryPlaces.ts';
import { glossaryForm, type FormKey } from './glossaryForm.ts';

export interface GlossaryOffer {
  readonly label: string;
  readonly kind: 'key' | 'table' | 'column' | 'connection';
  /** What is put in, with `$1` where the cursor goes on. */
  readonly snippet: string;
  /** A few words beside it. */
  readonly detail: string;
}

export interface GlossaryOffers {
  /** Where the text begins that an offer takes the place of, as a UTF-16 offset; it ends at the cursor. */
  readonly start: number;
  readonly offers: readonly GlossaryOffer[];
  /** There are more, which the next letters may bring. */
  readonly incomplete: boolean;
}

export interface OfferedNames {
  readonly catalog: Catalog | undefined;
  readonly connections: readonly string[];
}

/** More are not looked through by anyone. */
const mostOffers = 200;

const nameKeys: ReadonlySet<string> = new Set(['tables', 'from', 'to', 'hidden']);

/** The offers at a UTF-16 offset of the text; the text need not be good YAML, for somebody is writing it. */
export function glossaryOffers(text: string, offset: number, names: OfferedNames): GlossaryOffers {
  const before = text.slice(0, offset);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const above = before
    .slice(0, before.length - line.length)
    .split('\n')
    .slice(0, -1);
  const form = glossaryForm();
  const place = placeAt(line, above, form);
  if (place === undefined) return { start: offset, offers: [], incomplete: false };
  const start = offset - place.typed.length;
  if ('keysOf' in place) {
    const used = place.keysOf === '' ? topKeys(text) : entryKeys(text, offset);
    const offers = (form[place.keysOf] ?? []).filter(({ key }) => !used.has(key)).map(keyOffer);
    return { start, offers, incomplete: false };
  }
  const found = valuesOf(place.valueOf, place.typed, names);
  return { start, offers: found.slice(0, mostOffers), incomplete: found.length > mostOffers };
}

type Form = ReturnType<typeof glossaryForm>;

type Place =
  /** A key of the file (`''`), or of an entry of a section. */
  { readonly keysOf: string; readonly typed: string } | { readonly valueOf: string; readonly typed: string };

function placeAt(line: string, above: readonly string[], form: Form): Place | undefined {
  if (/#/.test(line)) return undefined;
  const value = /(?:^|[\s{,])(\w+):\s+(?:\[(?:[^\]]*,)?\s*)?["']?([^\s,:[\]{}"']*)$/.exec(line);
  if (value !== null) return { valueOf: value[1] ?? '', typed: value[2] ?? '' };
  const top = /^(\w*)$/.exec(line);
  if (top !== null) return { keysOf: '', typed: top[1] ?? '' };
  const item = /^(\s*)-\s+["']?([^\s:"']*)$/.exec(line);
  const section = sectionOf(above);
  if (item !== null) {
    const parent = parentKey(above, item[1]?.length ?? 0);
    if (parent === undefined) return undefined;
    const typed = item[2] ?? '';
    return form[parent] === undefined ? { valueOf: parent, typed } : { keysOf: parent, typed };
  }
  const key = /^\s+(\w*)$/.exec(line);
  if (key === null || section === undefined || form[section] === undefined) return undefined;
  return { keysOf: section, typed: key[1] ?? '' };
}

function sectionOf(above: readonly string[]): string | undefined {
  for (const line of above.toReversed()) {
    const section = /^(\w+):/.exec(line)?.[1];
    if (section !== undefined) return section;
  }
  return undefined;
}

/** The key whose list an item at this depth belongs to. */
function parentKey(above: readonly string[], depth: number): string | undefined {
  for (const line of above.toReversed()) {
    const [, indent = '', dash = '', key] = /^(\s*)(-\s+)?(\w+):\s*$/.exec(line) ?? [];
    const column = indent.length + dash.length;
    if (key !== undefined && (column < depth || (column === depth && dash === ''))) return key;
    const own = /^\s*/.exec(line)?.[0].length ?? 0;
    if (line.trim() !== '' && own < depth && !line.trim().startsWith('#')) return undefined;
  }
  return undefined;
}

function topKeys(text: string): Set<string> {
  return new Set([...text.matchAll(/^(\w+):/gm)].map(([, key = '']) => key));
}

/** Keys of the entry that the offset is in. */
function entryKeys(text: string, offset: number): Set<string> {
  const starts = [...text.matchAll(/^[ \t]*-[ \t]|^\S/gm)].map(({ index }) => index);
  const start = starts.filter((each) => each <= offset).at(-1) ?? 0;
  const end = starts.find((each) => each > offset) ?? text.length;
  const entry = text.slice(start, end);
  return new Set([...entry.matchAll(/^[ \t-]*(\w+):/gm)].map(([, key = '']) => key));
}

function keyOffer({ key, detail, snippet }: FormKey): GlossaryOffer {
  return { label: key, kind: 'key', snippet, detail };
}

function valuesOf(key: string, typed: string, { catalog, connections }: OfferedNames): GlossaryOffer[] {
  if (key === 'connections')
    return connections.map((label) => ({ label, kind: 'connection', snippet: escaped(label), detail: '' }));
  if (key === 'version')
    return [{ label: '1', kind: 'key', snippet: '1', detail: 'The version of this form.' }];
  if (!nameKeys.has(key) || catalog === undefined) return [];
  const dot = typed.lastIndexOf('.');
  const table = dot === -1 || key === 'hidden' ? undefined : resolvePlace(catalog, typed.slice(0, dot));
  if (table !== undefined && table.column === undefined)
    return columnOffers(table.relation, typed.slice(0, dot));
  const lower = typed.toLowerCase();
  const schemas = key === 'hidden' ? schemaOffers(catalog) : [];
  return [...schemas, ...catalog.relations.map(tableOffer)].filter(({ label }) =>
    label.toLowerCase().includes(lower),
  );
}

function schemaOffers({ relations }: Catalog): GlossaryOffer[] {
  const counts = new Map<string, number>();
  for (const { schema } of relations) counts.set(schema, (counts.get(schema) ?? 0) + 1);
  return [...counts].map(([schema, count]) => ({
    ...{ label: `${schema}.*`, kind: 'table', snippet: escaped(`${schema}.*`) },
    detail: count === 1 ? '1 table' : `all ${count} tables`,
  }));
}

function tableOffer({ schema, name, comment }: Relation): GlossaryOffer {
  const label = qualified(part(schema), part(name));
  return { label, kind: 'table', snippet: escaped(label), detail: comment ?? '' };
}

function columnOffers({ columns }: Relation, table: string): GlossaryOffer[] {
  return columns.map(({ name, type }) => {
    const label = `${table}.${part(name)}`;
    return { label, kind: 'column', snippet: escaped(label), detail: type };
  });
}

/** As SQL writes it; in YAML the quotes mean nothing inside a plain text. */
function part(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A dollar and its kin mean something in a snippet. */
function escaped(text: string): string {
  return text.replace(/[$}\\]/g, '\\$&');
}
