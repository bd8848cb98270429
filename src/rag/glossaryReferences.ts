/** What a glossary speaks of by name: tables, columns, patterns and connections, each with its place in the text. */
import type { GlossaryYaml, Path, TextSpan } from './glossaryYaml.ts';

export interface GlossaryReference extends TextSpan {
  readonly name: string;
  /** A place is a table or a column. */
  readonly what: 'place' | 'column' | 'pattern' | 'connection';
}

const sections: readonly (readonly [section: string, key: string, what: GlossaryReference['what']])[] = [
  ['terms', 'tables', 'place'],
  ['terms', 'connections', 'connection'],
  ['metrics', 'tables', 'place'],
  ['metrics', 'connections', 'connection'],
  ['joins', 'from', 'column'],
  ['joins', 'to', 'column'],
  ['joins', 'connections', 'connection'],
];

/** So many are told of: beyond that nobody reads messages, and they have to be brought over from a thread. */
const mostReferences = 2000;

/** Of a glossary's values as they stand in the text, good or not. */
export function glossaryReferences(value: unknown, span: GlossaryYaml['span']): GlossaryReference[] {
  const at = (path: Path, what: GlossaryReference['what']): GlossaryReference[] => {
    const found = path.reduce(inside, value);
    if (typeof found === 'string') return [{ name: found.trim(), what, ...span(path) }];
    if (!Array.isArray(found)) return [];
    return found.flatMap((name: unknown, index) =>
      typeof name === 'string' ? [{ name: name.trim(), what, ...span([...path, index]) }] : [],
    );
  };
  const entries = sections.flatMap(([section, key, what]) => {
    const items = inside(value, section);
    return Array.isArray(items) ? items.flatMap((_, index) => at([section, index, key], what)) : [];
  });
  return [...at(['connections'], 'connection'), ...at(['hidden'], 'pattern'), ...entries].slice(
    0,
    mostReferences,
  );
}

function inside(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Readonly<Record<string | number, unknown>>)[key];
}
