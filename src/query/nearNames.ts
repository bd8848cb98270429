/** Names near to one that does not exist. */

/**
 * The best candidates, nearest first, at most three.
 * Distance is Damerau–Levenshtein (optimal string alignment) over lower-case names, relative to their length; a name that
 * contains the other or is contained in it counts as near too.
 */
export function nearNames(wanted: string, names: Iterable<string>): string[] {
  const target = wanted.toLowerCase();
  return [...new Set(names)]
    .map((name) => ({ name, score: nearness(target, name.toLowerCase()) }))
    .filter(({ score }) => score >= 0.5)
    .sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** 1 for the same, 0 for nothing in common. */
function nearness(a: string, b: string): number {
  const longest = Math.max(a.length, b.length);
  if (longest === 0) return 1;
  const similar = 1 - editDistance(a, b) / longest;
  const shorter = Math.min(a.length, b.length);
  const contained =
    (shorter >= 3 && (a.includes(b) || b.includes(a))) || beginsWith(a, b)
      ? 0.5 + (0.4 * shorter) / longest
      : 0;
  return Math.max(similar, contained);
}

/** `id` in `id_name`: what is that short counts as the first word only. */
function beginsWith(name: string, word: string): boolean {
  return word.length === 2 && name.startsWith(`${word}_`);
}

/** Insertions, deletions, substitutions and swaps of neighbours that lead from one to the other. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
