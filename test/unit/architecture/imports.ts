/** Finds the imports of TypeScript sources with regular expressions: static, dynamic, type-only and `require`. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';

/** How a module is named: `type` leaves no trace at run time, `dynamic` loads when the line is reached. */
export type ImportForm = 'static' | 'type' | 'dynamic';

export interface Import {
  readonly form: ImportForm;
  /** What stands between the quotes; undefined where it is computed, so that nobody can tell. */
  readonly specifier: string | undefined;
}

/** Paths relative to the checkout, with `/`, and their texts. */
export type Sources = ReadonlyMap<string, string>;

const repository = join(import.meta.dirname.replaceAll('\\', '/'), '../../..');

export function readSources(...globs: string[]): Sources {
  const paths = globs.flatMap((glob) => globSync(glob, { cwd: repository })).sort();
  return new Map(
    paths.map((path) => [path.replaceAll('\\', '/'), readFileSync(join(repository, path), 'utf8')]),
  );
}

/** White space and comments, wherever the grammar lets them stand. */
const gap = String.raw`(?:\s|/\*[\s\S]*?\*/|//[^\n]*\n)*`;
const clause = String.raw`(?:[\w$*{},\s]|/\*[\s\S]*?\*/|//[^\n]*\n)+?\bfrom\b`;
const statement = new RegExp(
  String.raw`(?<![\w$.])(?:import|export)\b${gap}(type\b(?!${gap}(?:from\b|,)))?(?:${clause})?${gap}['"]([^'"\n]+)['"]`,
  'g',
);
const call = new RegExp(
  String.raw`(?<![\w$])(?:import|require(?:\.resolve)?)${gap}\(${gap}(?:(['"\x60])([^'"\x60$\n]*)\1(?=${gap}[,)]))?`,
  'g',
);

/** Every module that a source names. */
export function importsOf(text: string): Import[] {
  const found: Import[] = [];
  for (const [, type, specifier] of text.matchAll(statement)) {
    found.push({ form: type === undefined ? 'static' : 'type', specifier });
  }
  for (const [, , specifier] of text.matchAll(call)) found.push({ form: 'dynamic', specifier });
  return found;
}

/** The path that a relative specifier leads to; undefined for a package. */
export function targetOf(from: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? join(dirname(from), specifier) : undefined;
}

/** The package of a specifier: `zod/mini` → `zod`, `@a/b/c` → `@a/b`, builtins with their `node:`. */
export function packageOf(specifier: string): string {
  return /^(?:@[^/]+\/[^/]+|[^/]+)/.exec(specifier)?.[0] ?? specifier;
}

/** Every file that is loaded when `entry` is: what its static imports lead to, itself included. */
export function staticallyReachable(sources: Sources, entry: string): Set<string> {
  return follow(sources, entry, (form) => form === 'static');
}

/** Every file that `entry` can come to know, at any time and if only by a type, itself included. */
export function reachable(sources: Sources, entry: string): Set<string> {
  return follow(sources, entry, () => true);
}

function follow(sources: Sources, entry: string, takes: (form: ImportForm) => boolean): Set<string> {
  const reached = new Set<string>();
  const pending = [entry];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const text = sources.get(path);
    if (text === undefined || reached.has(path)) continue;
    reached.add(path);
    for (const { form, specifier } of importsOf(text)) {
      const target = takes(form) && specifier !== undefined ? targetOf(path, specifier) : undefined;
      if (target !== undefined) pending.push(target);
    }
  }
  return reached;
}
