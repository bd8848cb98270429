/** Finds questions of the history: the newest first, by words of the question or the SQL, and by connection. */
import type { HistoryEntry } from './history.ts';
import { inSlices } from './slices.ts';

export interface HistoryFilter {
  /** Each word has to be somewhere in the question, the SQL or the connection's name; in any case of letters. */
  readonly words: string;
  /** The connection's name; undefined for all. */
  readonly connection: string | undefined;
}

export interface HistoryPage {
  /** Newest first. */
  readonly entries: readonly HistoryEntry[];
  /** Whether there are older ones. */
  readonly more: boolean;
}

/**
 * The newest entries that pass a filter.
 * @param all oldest first
 * @param most how many are wanted
 * @throws KhipuError `cancelled`
 */
export async function newestMatching(
  all: Iterable<HistoryEntry>,
  filter: HistoryFilter,
  most: number,
  signal: AbortSignal,
): Promise<HistoryPage> {
  const passes = matcher(filter);
  const found: HistoryEntry[] = [];
  await inSlices(
    newestFirst([...all], () => found.length > most),
    (entry) => {
      if (passes(entry)) found.push(entry);
    },
    signal,
  );
  return { entries: found.slice(0, most), more: found.length > most };
}

function* newestFirst(entries: readonly HistoryEntry[], enough: () => boolean): Generator<HistoryEntry> {
  for (let index = entries.length - 1; index >= 0 && !enough(); index--) {
    const entry = entries[index];
    if (entry !== undefined) yield entry;
  }
}

function matcher({ words, connection }: HistoryFilter): (entry: HistoryEntry) => boolean {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return (entry) => {
    if (connection !== undefined && entry.connection !== connection) return false;
    if (wanted.length === 0) return true;
    const text = `${entry.question}\n${entry.sql ?? ''}\n${entry.connection}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
}
