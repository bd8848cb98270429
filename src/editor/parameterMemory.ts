/** What was last bound to the parameters of a file's statements, remembered for the workspace; never part of a log or a prompt. */
import { createHash } from 'node:crypto';
import type { Memento } from 'vscode';
import * as z from 'zod/mini';
import type { ParameterValue, ParameterValues } from '../database/parameters.ts';

const stateKey = 'parameterValues';
const mostStatements = 300;
/** In UTF-16 units; a longer value is asked for anew. */
const longestValue = 10_000;

/** The newest first. */
const remembered = z.array(
  z.object({
    /** The file, as a URI. */
    source: z.string(),
    /** Hash of the statement's text. */
    statement: z.string(),
    values: z.record(z.string(), z.nullable(z.string())),
  }),
);
type Remembered = z.infer<typeof remembered>;

export class ParameterMemory {
  readonly #state: Pick<Memento, 'get' | 'update'>;

  constructor(state: Pick<Memento, 'get' | 'update'>) {
    this.#state = state;
  }

  /**
   * The values of last time: those of this statement, else those of a parameter of the same name anywhere in the file.
   * @param source the file, as a URI
   */
  recall(source: string, text: string, names: readonly string[]): ReadonlyMap<string, ParameterValue> {
    const statement = hashOf(text);
    const ofFile = this.#entries().filter((entry) => entry.source === source);
    const own = ofFile.filter((entry) => entry.statement === statement);
    const found = new Map<string, ParameterValue>();
    for (const name of names) {
      // `$1` of another statement is something else; `:from` is the same wherever it stands.
      const looked = name.startsWith(':') ? [...own, ...ofFile] : own;
      const value = looked.find(({ values }) => Object.hasOwn(values, name))?.values[name];
      if (value !== undefined) found.set(name, value);
    }
    return found;
  }

  async keep(source: string, text: string, values: ParameterValues): Promise<void> {
    const statement = hashOf(text);
    const short = Object.entries(values).filter(([, value]) => (value?.length ?? 0) <= longestValue);
    const others = this.#entries().filter(
      (entry) => entry.source !== source || entry.statement !== statement,
    );
    const now = { source, statement, values: Object.fromEntries(short) };
    await this.#state.update(stateKey, [now, ...others].slice(0, mostStatements));
  }

  #entries(): Remembered {
    const stored = z.safeParse(remembered, this.#state.get(stateKey));
    return stored.success ? stored.data : [];
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
