/** Keeps a value for its key as the most recent, and forgets the oldest beyond `most`. */
export function keepRecent<T>(kept: Map<string, T>, key: string, value: T, most: number): void {
  kept.delete(key);
  kept.set(key, value);
  const [oldest] = kept.keys();
  if (kept.size > most && oldest !== undefined) kept.delete(oldest);
}
