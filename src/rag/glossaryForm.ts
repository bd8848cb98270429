/** The keys of the glossary's form with what they are for, as the schema says it, and how they are written. */
import * as z from 'zod/mini';
import { glossaryJsonSchema } from './glossarySchema.ts';

export interface FormKey {
  readonly key: string;
  readonly detail: string;
  /** What is put in for it, with `$1` where the cursor goes on. */
  readonly snippet: string;
}

interface JsonSchema {
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly items?: JsonSchema | undefined;
}

const jsonSchema: z.ZodMiniType<JsonSchema> = z.object({
  type: z.optional(z.string()),
  description: z.optional(z.string()),
  properties: z.optional(
    z.record(
      z.string(),
      z.lazy(() => jsonSchema),
    ),
  ),
  items: z.optional(z.lazy(() => jsonSchema)),
});

/** By the section whose entries have them; those of the file itself under `''`. */
export function glossaryForm(): Readonly<Record<string, readonly FormKey[]>> {
  return formOf(jsonSchema.parse(glossaryJsonSchema()));
}

function formOf(file: JsonSchema): Record<string, readonly FormKey[]> {
  const sections = Object.entries(file.properties ?? {});
  const entries = sections.flatMap(([section, { items }]) =>
    items?.properties === undefined ? [] : [[section, keysOf(items)] as const],
  );
  return { '': keysOf(file), ...Object.fromEntries(entries) };
}

function keysOf({ properties = {} }: JsonSchema): FormKey[] {
  return Object.entries(properties).map(([key, schema]) => ({
    key,
    detail: schema.description ?? '',
    snippet: snippetOf(key, schema),
  }));
}

function snippetOf(key: string, { type, items }: JsonSchema): string {
  const [first] = Object.keys(items?.properties ?? {});
  if (first !== undefined) return `${key}:\n  - ${first}: $1`;
  if (type === 'array') return `${key}: [$1]`;
  return key === 'version' ? 'version: 1' : `${key}: $1`;
}
