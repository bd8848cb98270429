/** Which tables lend each other their words because foreign keys join them. */

/** A table that more than these refer to is near to everything, so that what lies around it says nothing of it. */
const hub = 12;

/**
 * For each table, by number, the tables that it lends its words to: those that refer to it, and those that it refers to
 * unless they are hubs.
 * @param numbers of the tables by id
 * @param refersTo for each table the ids of those that its foreign keys lead to; unknown ones are passed over
 */
export function lendingTables(
  numbers: ReadonlyMap<string, number>,
  refersTo: readonly (readonly string[])[],
): number[][] {
  const targets = refersTo.map((ids, table) => {
    const known = ids.flatMap((id) => numbers.get(id) ?? []);
    return new Set(known.filter((target) => target !== table));
  });
  const referring: number[][] = refersTo.map(() => []);
  for (const [table, to] of targets.entries()) for (const target of to) referring[target]?.push(table);
  return referring.map((from, table) => {
    const to = [...(targets[table] ?? [])].filter((target) => (referring[target]?.length ?? 0) <= hub);
    return [...new Set([...from, ...to])];
  });
}
