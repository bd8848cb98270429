/** Run Verified Questions: the verified questions of a connection as tests, in VS Code's own views for tests. */
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { Answers } from '../answers.ts';
import type { Connected } from '../database/connections.ts';
import type { Fingerprint } from '../database/resultFingerprint.ts';
import { outcomeText, runVerified, type VerifiedOutcome } from './verifiedRun.ts';
import { contentHash } from '../rag/contentHash.ts';
import type { VerifiedQuestion } from '../rag/retrieval.ts';
import { KhipuError, throwIfAborted } from '../shared/errors.ts';
import type { LazyConnections } from './lazyParts.ts';
import { reportProblem, signalOf } from './report.ts';
import { isListed } from './verifiedFlags.ts';

export interface VerifiedTestParts {
  readonly answers: Pick<Answers, 'run' | 'checkVerified'>;
  readonly connections: LazyConnections;
  readonly verified: (profileId: string) => Promise<readonly VerifiedQuestion[]>;
  /** Where the fingerprints of the last run are kept. */
  readonly state: vscode.Memento;
  readonly log: vscode.LogOutputChannel;
}

/** How one question fared. */
export interface VerifiedResult {
  readonly question: string;
  readonly outcome: VerifiedOutcome['kind'];
  readonly text: string;
}

const fingerprints = z.record(
  z.string(),
  z.object({ rows: z.number(), complete: z.boolean(), hash: z.string() }),
);

/** What the items in the view of tests stand for. */
interface Listing {
  readonly connectionId: string;
  readonly questions: ReadonlyMap<string, VerifiedQuestion>;
}

export class VerifiedTests implements vscode.Disposable {
  readonly #parts: VerifiedTestParts;
  readonly #controller = vscode.tests.createTestController('khipu.verified', 'Verified Questions');
  #listing: Listing | undefined;

  constructor(parts: VerifiedTestParts) {
    this.#parts = parts;
    const runAgain = async (
      request: vscode.TestRunRequest,
      token: vscode.CancellationToken,
    ): Promise<void> => {
      if (this.#listing === undefined) return;
      await this.#run(this.#listing.connectionId, request, signalOf(token)).catch((thrown: unknown) => {
        void reportProblem(thrown, this.#parts.log); // not awaited: the message stays for as long as the user likes
      });
    };
    this.#controller.createRunProfile('Run', vscode.TestRunProfileKind.Run, runAgain, true);
  }

  /**
   * Runs all of a connection, with a progress that can be cancelled.
   * @throws KhipuError `cancelled`, `invalid-input` when there are none, or as connecting does
   */
  async runAll(connectionId: string): Promise<VerifiedResult[]> {
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: 'Verified questions',
      cancellable: true,
    };
    const results = await vscode.window.withProgress(options, (progress, token) => {
      const onResult = (done: number, total: number): void =>
        progress.report({ message: `${done} of ${total}`, increment: 100 / total });
      return this.#run(connectionId, undefined, signalOf(token), onResult);
    });
    void this.#tell(connectionId, results);
    return results;
  }

  dispose(): void {
    this.#controller.dispose();
  }

  async #run(
    connectionId: string,
    request: vscode.TestRunRequest | undefined,
    signal: AbortSignal,
    onResult?: (done: number, total: number) => void,
  ): Promise<VerifiedResult[]> {
    const connected = await this.#parts.connections.connect(connectionId, signal);
    const listing = await this.#list(connected);
    const all: vscode.TestItem[] = [];
    this.#controller.items.forEach((item) => all.push(item));
    const items = (request?.include ?? all).filter((item) => request?.exclude?.includes(item) !== true);
    const run = this.#controller.createTestRun(request ?? new vscode.TestRunRequest());
    const stopped = AbortSignal.any([signal, signalOf(run.token)]);
    const results: VerifiedResult[] = [];
    try {
      for (const item of items) {
        throwIfAborted(stopped);
        const question = listing.questions.get(item.id);
        if (question === undefined) continue; // it is no longer in the file
        run.started(item);
        const outcome = await this.#runOne(question, connected, stopped);
        show(run, item, outcome);
        results.push({ question: question.question, outcome: outcome.kind, text: outcomeText(outcome) });
        onResult?.(results.length, items.length);
      }
      return results;
    } finally {
      run.end();
    }
  }

  async #list(connected: Connected): Promise<Listing> {
    const { id, name } = connected.profile;
    const questions = new Map<string, VerifiedQuestion>();
    for (const each of await this.#parts.verified(id))
      questions.set(contentHash(each.question, each.sql), each);
    if (questions.size === 0) {
      throw new KhipuError('invalid-input', `There are no verified questions for ${name} yet.`, {
        hint: 'Press Mark as Verified on an answer, or write some into .khipu/verified.sql.',
      });
    }
    this.#controller.label = `Verified Questions: ${name}`;
    const items = [...questions].map(([key, question]) => {
      const listed = isListed(question) ? question : undefined;
      const item = this.#controller.createTestItem(key, question.question, listed?.file);
      if (listed !== undefined) item.range = new vscode.Range(listed.line, 0, listed.line, 0);
      return item;
    });
    this.#controller.items.replace(items);
    return (this.#listing = { connectionId: id, questions });
  }

  async #runOne(
    question: VerifiedQuestion,
    connected: Connected,
    signal: AbortSignal,
  ): Promise<VerifiedOutcome> {
    const { answers } = this.#parts;
    const stale = (await answers.checkVerified(connected)).stale.find((each) => each.question === question);
    if (stale !== undefined) return { kind: 'failed', error: new KhipuError('unknown-name', stale.why) };
    const key = contentHash(question.question, question.sql);
    const before = this.#fingerprints(connected.profile.id);
    const returns = isListed(question) ? question.returns : undefined;
    const open = async (sql: string, abort: AbortSignal) =>
      (await answers.run({ sql }, connected, abort)).rows;
    const outcome = await runVerified({ sql: question.sql, returns }, before[key], open, signal);
    if ('now' in outcome) {
      const now = { ...this.#fingerprints(connected.profile.id), [key]: outcome.now };
      await this.#parts.state.update(stateKey(connected.profile.id), now);
    }
    return outcome;
  }

  #fingerprints(profileId: string): Readonly<Record<string, Fingerprint>> {
    const read = z.safeParse(fingerprints, this.#parts.state.get(stateKey(profileId)));
    return read.success ? read.data : {};
  }

  async #tell(connectionId: string, results: readonly VerifiedResult[]): Promise<void> {
    const name = this.#parts.connections.current(connectionId)?.profile.name ?? 'the database';
    const { text, failed } = summary(name, results);
    const show = 'Show Results';
    const message = failed ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
    if ((await message(text, show)) === show)
      await vscode.commands.executeCommand('testing.showMostRecentOutput');
  }
}

function stateKey(profileId: string): string {
  return `verified.runs.${profileId}`;
}

function show(run: vscode.TestRun, item: vscode.TestItem, outcome: VerifiedOutcome): void {
  const text = outcomeText(outcome);
  const mark = outcome.kind === 'other-rows' ? '~' : 'now' in outcome ? '✓' : '✗';
  run.appendOutput(`${mark} ${item.label}\r\n    ${text.replaceAll('\n', '\r\n    ')}\r\n`, undefined, item);
  if ('now' in outcome) run.passed(item, outcome.ms);
  else if (outcome.kind === 'other-columns') {
    run.failed(item, vscode.TestMessage.diff(text, lines(outcome.expected), lines(outcome.actual)));
  } else run.failed(item, new vscode.TestMessage(text));
}

/** A column on each line, so that the difference is seen. */
function lines(columns: string): string {
  return columns.replaceAll(', ', ',\n');
}

function summary(name: string, results: readonly VerifiedResult[]): { text: string; failed: boolean } {
  const count = (...kinds: readonly VerifiedOutcome['kind'][]): number =>
    results.filter(({ outcome }) => kinds.includes(outcome)).length;
  const parts = [
    [count('same'), 'as before'],
    [count('first'), 'run for the first time'],
    [count('other-rows'), 'with other rows'],
    [count('other-columns'), 'with other columns'],
    [count('failed'), 'failed'],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  const failed = count('other-columns', 'failed') > 0;
  return { text: `${results.length} verified questions of ${name}: ${said.join(', ')}.`, failed };
}
