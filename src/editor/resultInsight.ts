/** Works out what the rows of an answer say, while they are shown, and tells the view. */
import type * as vscode from 'vscode';
import type { Answer } from '../answers.ts';
import { insightOf } from '../query/insight.ts';
import { resultFacts, type ResultFacts } from '../query/resultFacts.ts';
import { toKhipuError } from '../shared/errors.ts';
import type { Insight } from '../shared/insightProtocol.ts';
import { loggedWords } from './report.ts';
import type { ResultsPanel } from './resultsPanel.ts';

/** The rows that are shown, and what is known of them. */
interface Looked {
  readonly id: string;
  readonly facts: ResultFacts;
  readonly insight: Insight;
}

/** Owns the look at the rows that are shown; a new result takes the place of the one before. */
export class ResultInsight implements vscode.Disposable {
  readonly #panel: Pick<ResultsPanel, 'updateInsight'>;
  readonly #log: Pick<vscode.LogOutputChannel, 'warn'>;
  #looking: AbortController | undefined;
  #looked: Looked | undefined;

  constructor(panel: Pick<ResultsPanel, 'updateInsight'>, log: Pick<vscode.LogOutputChannel, 'warn'>) {
    this.#panel = panel;
    this.#log = log;
  }

  /** Looks at the rows of an answer. A failure costs the insight and nothing else: it is logged. */
  look(answer: Answer): void {
    this.dispose();
    const looking = new AbortController();
    this.#looking = looking;
    this.#follow(answer, looking.signal).catch((error: unknown) => {
      const { kind } = toKhipuError(error);
      // Rows that are closed meanwhile need no insight.
      if (looking.signal.aborted || kind === 'cancelled' || kind === 'connection-lost') return;
      this.#log.warn(`Insight: ${loggedWords(toKhipuError(error))}`);
    });
  }

  /** What is known of the rows that are shown. */
  get looked(): Looked | undefined {
    return this.#looked;
  }

  async #follow({ id, rows }: Answer, signal: AbortSignal): Promise<void> {
    if (rows.columns.length === 0) return;
    const facts = await resultFacts(rows, signal);
    if (signal.aborted) return;
    const insight = insightOf(facts);
    this.#looked = { id, facts, insight };
    this.#panel.updateInsight(id, insight);
  }

  dispose(): void {
    this.#looking?.abort();
    this.#looking = undefined;
    this.#looked = undefined;
  }
}
