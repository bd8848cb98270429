/** What the user is asked before a statement that writes is run: the SQL itself, where it runs, and what will happen. */
import type { BoundParameters } from '../shared/boundParameters.ts';
import type { ConnectionLook } from '../shared/connectionLook.ts';

export interface WriteQuestion {
  readonly message: string;
  readonly detail: string;
  /** Not all of the SQL stands in it. */
  readonly isShortened: boolean;
}

/** A dialog that is longer hides its buttons on a small screen. In lines, and in UTF-16 units of one line. */
const mostLines = 14;
const longestLine = 160;

/**
 * @param statements each is run by itself, in one transaction
 * @param parameters what is bound to theirs
 */
export function writeQuestion(
  connection: string,
  { label, production }: ConnectionLook,
  statements: readonly string[],
  parameters: BoundParameters = [],
): WriteQuestion {
  const where = [connection, production ? (label ?? 'production').toUpperCase() : label]
    .filter((part) => part !== undefined)
    .join(' — ');
  const sql = statements.map((statement) => `${statement.trim()};`).join('\n');
  const shown = shortened(sql);
  const what = statements.length === 1 ? 'this statement' : `these ${statements.length} statements`;
  return {
    message: `Run ${what} on ${where}?`,
    detail: `${shown}\n${boundWords(parameters)}\nNothing is committed yet: you will see what it changes, and then commit it or roll it back.`,
    isShortened: shown !== sql,
  };
}

/** A line for each; more than a person reads there are in none. */
function boundWords(parameters: BoundParameters): string {
  const words = parameters.map(
    ({ name, value }) =>
      `${name} is ${value === null ? 'NULL' : `'${shortLine(value.replaceAll(/\s+/g, ' '))}'`}`,
  );
  const lines = [...new Set(words)]; // a name that stands in several statements has one value
  const [head, left] = [lines.slice(0, mostLines), lines.length - mostLines];
  return lines.length === 0
    ? ''
    : `\n${[...head, ...(left > 0 ? [`… ${left} more values …`] : [])].join('\n')}\n`;
}

/** A text without its middle, when it is long. */
function shortened(sql: string): string {
  const lines = sql.split(/\r\n|\r|\n/).map(shortLine);
  if (lines.length <= mostLines) return lines.join('\n');
  const head = Math.ceil((mostLines - 1) / 2);
  const tail = mostLines - 1 - head;
  const left = lines.length - head - tail;
  return [...lines.slice(0, head), `… ${left} more lines …`, ...lines.slice(-tail)].join('\n');
}

function shortLine(line: string): string {
  if (line.length <= longestLine) return line;
  const half = Math.floor((longestLine - 3) / 2);
  return `${line.slice(0, half).toWellFormed()} … ${line.slice(-half).toWellFormed()}`;
}
