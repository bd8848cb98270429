/** What the page says of something that failed: the host's own words. */
export function errorWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
