/** What the glossaries of a workspace say of one connection's database: its words, figures, joins and hidden tables. */
import type { GlossaryFile } from './glossaryFile.ts';
import type { JoinEntry, MetricEntry, TermEntry } from './glossarySchema.ts';

/** A file with its name, as messages show it. */
export interface NamedGlossaryFile extends GlossaryFile {
  readonly path: string;
}

export interface Glossary {
  readonly terms: readonly TermEntry[];
  readonly metrics: readonly MetricEntry[];
  readonly joins: readonly JoinEntry[];
  /** Patterns of the tables that no model is told of. */
  readonly hidden: readonly string[];
  /** One sentence for each file that has faults. */
  readonly faults: readonly string[];
  /** Why it is not known which tables are hidden, where it is not: then no model is asked. */
  readonly hidesUnknown: string | undefined;
}

export const emptyGlossary: Glossary = {
  terms: [],
  metrics: [],
  joins: [],
  hidden: [],
  faults: [],
  hidesUnknown: undefined,
};

/**
 * All that the files say of a connection. They add up: what one of them hides is hidden, and of two definitions of one word
 * both count, in the order of the files.
 * @param connection its name
 */
export function glossaryFor(files: readonly NamedGlossaryFile[], connection: string): Glossary {
  const meant = files.filter(({ content }) => isFor(content, connection));
  const ofThis = <T extends { readonly connections?: readonly string[] | undefined }>(
    pick: (file: NamedGlossaryFile) => readonly T[] | undefined,
  ): T[] => meant.flatMap((file) => (pick(file) ?? []).filter((entry) => isFor(entry, connection)));
  const unknown = files.find(({ hidesUnknown }) => hidesUnknown);
  return {
    terms: ofThis(({ content }) => content.terms),
    metrics: ofThis(({ content }) => content.metrics),
    joins: ofThis(({ content }) => content.joins),
    hidden: [...new Set(meant.flatMap(({ content }) => content.hidden ?? []))],
    faults: files.filter(({ faults }) => faults.length > 0).map(faultOf),
    hidesUnknown: unknown === undefined ? undefined : faultOf(unknown),
  };
}

function isFor(
  { connections }: { readonly connections?: readonly string[] | undefined },
  name: string,
): boolean {
  return connections === undefined || connections.includes(name);
}

function faultOf({ path, faults }: NamedGlossaryFile): string {
  const [first, ...more] = faults;
  if (first === undefined) return `${path} cannot be read.`;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return `${path}, line ${first.line}: ${first.message}${others}`;
}
