/** The text of docs/safety.md: the same verdicts give the same document, byte for byte. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../test/host/folders.ts';
import { expressionDisguises, statementDisguises } from '../test/integration/database/attacks/disguises.ts';
import type { CellVerdict, PayloadVerdict } from '../test/integration/database/attacks/matrix.ts';
import type { Payload } from '../test/integration/database/attacks/payloads.ts';

const marks: Readonly<Record<CellVerdict['verdict'], string>> = {
  guard: '●',
  grammar: '○',
  passed: 'X',
  other: '!',
};

/** The names of disguises, one line each, as the document numbers them. */
export function disguiseList(kind: Payload['kind']): string {
  const disguises: readonly { name: string }[] =
    kind === 'expression' ? expressionDisguises : statementDisguises;
  return disguises.map(({ name }, index) => `${index + 1}. ${name}`).join('\n');
}

/** What comes before the mark of the document's own part is written by hand in safety-intro.md. */
export function safetyDocument(verdicts: readonly PayloadVerdict[]): string {
  const intro = readFileSync(join(repository, 'scripts/safetyIntro.md'), 'utf8').trimEnd();
  const cells = verdicts.flatMap((verdict) => verdict.cells);
  const count = (verdict: CellVerdict['verdict']): number =>
    cells.filter((cell) => cell.verdict === verdict).length;
  const alone = verdicts.filter(({ payload }) => payload.control === 'read-only').length;
  return `${intro}

## The matrix

${verdicts.length} payloads, ${cells.length} cells: ${count('guard')} refused by the guard, ${count('grammar')} that are no SQL to Postgres either, ${count('passed') + count('other')} open.
${alone} of the payloads bite inside \`BEGIN TRANSACTION READ ONLY\` (marked ✱): against them the transaction is no help, only the guard and the role are.

● refused by the guard, ○ not SQL to Postgres either, X ran, ! failed otherwise. One mark for each disguise, in the order of the lists below.

### Attacks within an expression

${table(verdicts, 'expression')}

Their disguises:

${disguiseList('expression')}

### Attacks that are statements

${table(verdicts, 'statement')}

Their disguises:

${disguiseList('statement')}
`;
}

function table(verdicts: readonly PayloadVerdict[], kind: Payload['kind']): string {
  const rows = verdicts
    .filter(({ payload }) => payload.kind === kind)
    .map(({ payload, cells, changed, control }) => {
      const bites = control.bites.has(payload.bite) ? payload.bite : 'nothing';
      const alone = payload.control === 'read-only' ? ' ✱' : '';
      const line = cells.map(({ verdict }) => marks[verdict]).join('');
      return `| ${code(payload.name)}${alone} | ${bites} | ${changed.length === 0 ? 'nothing' : changed.join(', ')} | ${line} |`;
    });
  const head = '| payload | changes, without the guard | changed, with it | refused |\n|---|---|---|---|';
  return [head, ...rows].join('\n');
}

function code(name: string): string {
  return `\`${name.replaceAll('|', '\\|')}\``;
}
