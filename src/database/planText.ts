/** What a plan says in names and conditions, shortened and harmless to show: a condition may be megabytes, or hold anything. Pure. */
import type { RawNode } from './planJson.ts';

const longestName = 200;
const longestDetail = 600;
const longestList = 20;

// What reorders the text around it, and what cannot be seen.
const unseen =
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** A text as it is shown: cut, and with marks for what cannot be seen. */
export function shownText(text: string, longest = longestDetail): string {
  const kept = text.length <= longest ? text : `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…`;
  return kept.replaceAll(
    unseen,
    (character) => `<U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}

export function shownName(name: string | undefined): string | undefined {
  return name === undefined ? undefined : shownText(name, longestName);
}

/** The table, function or CTE that a node reads. */
export function relationOf(raw: RawNode): string | undefined {
  const name = raw['Relation Name'] ?? raw['Function Name'] ?? raw['CTE Name'];
  if (name === undefined) return undefined;
  return shownName(raw.Schema === undefined ? name : `${raw.Schema}.${name}`);
}

/** What is worth reading of a node, in the order in which it is read. */
const detailNames = [
  'Join Type',
  'Strategy',
  'Index Cond',
  'Recheck Cond',
  'Hash Cond',
  'Merge Cond',
  'TID Cond',
  'Join Filter',
  'One-Time Filter',
  'Filter',
  'Order By',
  'Sort Key',
  'Presorted Key',
  'Group Key',
  'Cache Key',
  'Sort Method',
  'Workers Launched',
];

/** What is there for those who look closer. */
const factNames = [
  'Partial Mode',
  'Scan Direction',
  'Inner Unique',
  'Function Call',
  'Command',
  'Operation',
  'Workers Planned',
  'Workers Launched',
  'Rows Removed by Filter',
  'Rows Removed by Join Filter',
  'Rows Removed by Index Recheck',
  'Sort Space Used',
  'Sort Space Type',
  'Hash Buckets',
  'Hash Batches',
  'HashAgg Batches',
  'Planned Partitions',
  'Peak Memory Usage',
  'Disk Usage',
  'Heap Fetches',
  'Exact Heap Blocks',
  'Lossy Heap Blocks',
  'Index Searches',
  'Cache Hits',
  'Cache Misses',
  'Cache Evictions',
  'Subplans Removed',
  'Storage',
  'Maximum Storage',
];

export function detailsOf(raw: RawNode): string[] {
  return textsOf(raw, detailNames);
}

export function factsOf(raw: RawNode): string[] {
  return textsOf(raw, factNames);
}

function textsOf(raw: RawNode, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const value: unknown = Reflect.get(raw, name);
    const text = textOf(value);
    return text === undefined ? [] : [shownText(`${name}: ${text}`)];
  });
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return `${value}`;
  if (!Array.isArray(value)) return undefined;
  const parts = value.filter((part) => typeof part === 'string');
  const shown = parts.slice(0, longestList).map((part) => shownText(part));
  return [...shown, ...(parts.length > longestList ? [`${parts.length - longestList} more`] : [])].join(', ');
}
