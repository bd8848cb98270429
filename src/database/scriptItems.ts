/** What a script is made of for running it: its statements and psql's own commands, in order. */
import { parameterMarks } from './parameters.ts';
import { statementSpans } from './statementSpans.ts';

export interface ScriptItem {
  /** A `command` is one of psql, such as `\d orders`, which no server understands. */
  readonly kind: 'statement' | 'command';
  readonly text: string;
  /** Where it begins in its file, a UTF-16 offset. */
  readonly start: number;
}

/**
 * Splits a script as psql does. 1 MB takes about 20 ms.
 * @param offset where the script begins in its file
 */
export function scriptItems(script: string, offset = 0): readonly ScriptItem[] {
  const items: ScriptItem[] = [];
  const commands: ScriptItem[] = [];
  const spans = statementSpans(script, (start, end) => {
    commands.push({ kind: 'command', text: script.slice(start, end), start: start + offset });
  });
  for (const { start, end } of spans)
    items.push({ kind: 'statement', text: script.slice(start, end), start: start + offset });
  return commands.length === 0
    ? items
    : [...items, ...commands].toSorted((one, other) => one.start - other.start);
}

/** What reads begins so; in other statements, which do not run here, `$1` is often the argument of a function. */
const reading = /^(?:select|with|values|table|explain|show)\b|^\(/i;

/** The parameters of a statement that may be run, as they are written. */
export function parametersOf({ kind, text }: ScriptItem): readonly string[] {
  if (kind === 'command' || !reading.test(text) || !/[:$]/.test(text)) return [];
  return parameterMarks(text).map(({ name }) => name);
}
