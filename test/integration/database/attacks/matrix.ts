/** Runs every attack in every disguise through the real path, and each once without the guard. */
import { KhipuError } from '../../../../src/shared/errors.ts';
import { Arena } from './arena.ts';
import { cellsOf } from './disguises.ts';
import { payloads, type Bite, type Payload } from './payloads.ts';

export interface CellVerdict {
  readonly disguise: string;
  readonly sql: string;
  /** `guard`: refused with reason and place; `grammar`: no SQL to Postgres either; otherwise what happened instead. */
  readonly verdict: 'guard' | 'grammar' | 'passed' | 'other';
  readonly said: string;
}

export interface PayloadVerdict {
  readonly payload: Payload;
  readonly cells: readonly CellVerdict[];
  /** Parts of the state that were not as before after all its cells. */
  readonly changed: readonly string[];
  readonly control: { readonly bites: ReadonlySet<Bite>; readonly error: string | undefined };
}

/** About 10 seconds. The scene is looked at once per payload; what it finds changed names the payload, not the cell. */
export async function runMatrix(): Promise<PayloadVerdict[]> {
  const arena = await Arena.open();
  try {
    const guarded: Omit<PayloadVerdict, 'control'>[] = [];
    let before = await arena.state();
    for (const payload of payloads) {
      const cells: CellVerdict[] = [];
      for (const { disguise, maySpoilSyntax, sql } of cellsOf(payload)) {
        const { verdict, said } = verdictOf(await arena.attack(sql), maySpoilSyntax);
        cells.push({ disguise, sql, verdict, said });
      }
      const after = await arena.state();
      const changed = Object.entries(after).filter(
        ([part, value]) => JSON.stringify(value) !== JSON.stringify(before[part as keyof typeof before]),
      );
      guarded.push({ payload, cells, changed: changed.map(([part]) => part) });
      before = after;
    }
    await arena.leaveScene();
    const verdicts: PayloadVerdict[] = [];
    for (const each of guarded) {
      verdicts.push({ ...each, control: await arena.control(each.payload) });
    }
    return verdicts;
  } finally {
    await arena.dispose();
  }
}

function verdictOf(
  outcome: Error | undefined,
  maySpoilSyntax: boolean,
): Pick<CellVerdict, 'verdict' | 'said'> {
  if (outcome === undefined) return { verdict: 'passed', said: '' };
  if (!(outcome instanceof KhipuError)) return { verdict: 'other', said: String(outcome) };
  const said = `${outcome.kind}: ${outcome.message}`;
  if (outcome.kind === 'refused-by-guard') return { verdict: 'guard', said };
  return { verdict: outcome.kind === 'sql-syntax' && maySpoilSyntax ? 'grammar' : 'other', said };
}
