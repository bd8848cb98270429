/** Whether a text would tell a model of a hidden table. */

/** Names with a dot: tables with their schema, and columns with their tables. */
export const dotted = /[\p{L}_][\p{L}\p{N}_$]*(?:\.[\p{L}_][\p{L}\p{N}_$]*)+/gu;

/**
 * Makes the judge of texts: one is told of that names a hidden table with its schema; a bare word may be anything.
 * @param hidden `schema.name` of the tables
 */
export function mentions(hidden: ReadonlySet<string> = new Set()): (text: string) => boolean {
  if (hidden.size === 0) return () => false;
  const ids = new Set([...hidden].map((id) => id.toLowerCase()));
  return (text) => {
    if (!text.includes('.')) return false;
    const names = text.toLowerCase().replace(/["`]/g, '').match(dotted) ?? [];
    return names.some((name) => ids.has(name.split('.', 2).join('.')));
  };
}
