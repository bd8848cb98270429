/** What keybindings, tests and other extensions may hand to the commands that run statements, instead of being asked. */
import * as z from 'zod/mini';
import type { ParameterValues } from '../database/parameters.ts';

export interface RunOptions {
  /** Values by the parameter as it is written: `{ ":from": "2026-01-01", "$1": null }`. */
  readonly parameters?: ParameterValues | undefined;
  /** Of a script, in place of the setting. */
  readonly onError?: 'stop' | 'continue' | undefined;
}

/** Reads the arguments of a command; what VS Code itself puts there holds no options. */
export function readRunOptions(...args: readonly unknown[]): RunOptions {
  const options = z.object({
    parameters: z.optional(z.record(z.string(), z.nullable(z.string()))),
    onError: z.optional(z.enum(['stop', 'continue'])),
  });
  const read = args.map((argument) => z.safeParse(options, argument));
  return Object.assign({}, ...read.map(({ data }) => data)) as RunOptions;
}
