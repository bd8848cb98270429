/** The rows of a script's statements, within bounds: few open cursors, and so much memory and no more. */
import type { Answer } from '../answers.ts';
import { firstRowsOnly } from '../database/firstRowsOnly.ts';
import type { ResultRow } from '../shared/resultsProtocol.ts';

/** What is still here of a result: all of it, or only its first rows, or not even these. */
export interface Kept {
  readonly answer: Answer;
  readonly rows: 'all' | 'first' | 'none';
}

/** In UTF-16 units, with something for each cell: about 60 MB. */
const mostUnits = 30_000_000;
const unitsOfCell = 16;

interface Held {
  answer: Answer;
  readonly units: number;
  open: boolean;
}

/**
 * A result larger than its first rows has a cursor and a connection. At most two are open: that of the result which is shown, and
 * the newest, which may be shown next. The first rows of results that nobody has looked at for the longest time are let go.
 */
export class ScriptResults {
  readonly #budget: number;
  /** The least lately used first. */
  readonly #held = new Map<number, Held>();
  /** Results whose rows were let go: what they say of themselves is kept. */
  readonly #gone = new Map<number, Answer>();
  #units = 0;
  #disposed = false;

  /** @param budget of the rows in memory */
  constructor(budget: number = mostUnits) {
    this.#budget = budget;
  }

  /** Takes ownership of the rows of an answer, in place of an earlier one of the same statement. */
  async keep(index: number, answer: Answer, shown: number | undefined): Promise<void> {
    await this.#drop(index);
    if (this.#disposed) return answer.rows.close();
    const units = unitsOf(answer.rows.firstRows);
    this.#gone.delete(index);
    this.#held.set(index, { answer, units, open: true });
    this.#units += units;
    const others = [...this.#held.keys()].filter((each) => each !== index && each !== shown);
    if (!answer.rows.isWhole) for (const each of others) await this.release(each);
    await this.#makeRoom(index, shown);
  }

  use(index: number): Kept | undefined {
    const held = this.#held.get(index);
    if (held === undefined) {
      const answer = this.#gone.get(index);
      return answer === undefined ? undefined : { answer, rows: 'none' };
    }
    this.#held.delete(index); // and back at the end: lately used
    this.#held.set(index, held);
    return { answer: held.answer, rows: held.open ? 'all' : 'first' };
  }

  /** Closes the cursor of a result; a small one has none, and stays here whole. */
  async release(index: number): Promise<void> {
    const held = this.#held.get(index);
    if (held === undefined || held.answer.rows.isWhole || !held.open) return;
    const { rows } = held.answer;
    held.open = false;
    held.answer = { ...held.answer, rows: firstRowsOnly(rows) }; // or what was read would stay in memory
    await rows.close();
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const held = [...this.#held.values()];
    this.#held.clear();
    this.#gone.clear();
    this.#units = 0;
    await Promise.all(held.map(({ answer }) => answer.rows.close()));
  }

  async #makeRoom(newest: number, shown: number | undefined): Promise<void> {
    for (const [index, { answer }] of this.#held) {
      if (this.#units <= this.#budget) return;
      if (index === newest || index === shown) continue;
      await this.#drop(index);
      this.#gone.set(index, { ...answer, rows: firstRowsOnly(answer.rows, []) });
    }
  }

  async #drop(index: number): Promise<void> {
    const held = this.#held.get(index);
    if (held === undefined) return;
    this.#held.delete(index);
    this.#units -= held.units;
    await held.answer.rows.close();
  }
}

function unitsOf(rows: readonly ResultRow[]): number {
  let units = 0;
  for (const row of rows) for (const cell of row) units += unitsOfCell + (cell?.length ?? 0);
  return units;
}
