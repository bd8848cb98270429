/** What keybindings, tests and other extensions may hand to the commands that run statements, instead of being asked. */
import * as z from 'zod/mini';
import type { ParameterValues } from '../database/parameters.ts';

export interface RunOptions {
  /** Values by the parameter as it is written: `{ ":from": "2026-01-01", "$1": null }`. */
  readonly parameters?: ParameterValues | undefined;
}

/** Reads the last argument of a command; what VS Code itself puts there is no options. */
export function readRunOptions(argument: unknown): RunOptions {
  const options = z.object({ parameters: z.optional(z.record(z.string(), z.nullable(z.string()))) });
  const read = z.safeParse(options, argument);
  return read.success ? read.data : {};
}
