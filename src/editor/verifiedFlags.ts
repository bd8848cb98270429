/** Flags in the files of verified questions: what cannot be read there, and what no longer fits a database that is connected. */
import * as vscode from 'vscode';
import type { Answers } from '../answers.ts';
import type { Connected } from '../database/connections.ts';
import { verifiedHint } from '../rag/verified.ts';
import type { ListedQuestion, VerifiedBook } from './verifiedBook.ts';

interface Stale {
  readonly question: ListedQuestion;
  /** The name of the connection that it does not fit. */
  readonly connection: string;
  readonly why: string;
}

export class VerifiedFlags implements vscode.Disposable {
  readonly #book: VerifiedBook;
  readonly #answers: Pick<Answers, 'checkVerified'>;
  readonly #connected: () => readonly Connected[];
  readonly #flags = vscode.languages.createDiagnosticCollection('khipu.verified');
  /** Counts updates: an older one that is late has nothing to say. */
  #update = 0;

  /** @param connected the connections that are open now */
  constructor(
    book: VerifiedBook,
    answers: Pick<Answers, 'checkVerified'>,
    connected: () => readonly Connected[],
  ) {
    this.#book = book;
    this.#answers = answers;
    this.#connected = connected;
  }

  /** Brings the flags up to date. */
  async update(): Promise<void> {
    const update = ++this.#update;
    const flags = new Map<string, vscode.Diagnostic[]>();
    const flag = (uri: vscode.Uri, diagnostic: vscode.Diagnostic): void => {
      const key = uri.toString();
      flags.set(key, [...(flags.get(key) ?? []), diagnostic]);
    };
    for (const uri of this.#book.workspaceFiles()) {
      const { faults } = await this.#book.file(uri);
      for (const { line, what } of faults)
        flag(uri, diagnosticAt(line, `This line ${what}. ${verifiedHint}`, true));
    }
    for (const { question, connection, why } of await this.#stale()) {
      const said = `“${question.question}” no longer fits ${connection}, and is not used there: ${why}`;
      flag(question.file, diagnosticAt(question.line, said, false));
    }
    if (update !== this.#update) return;
    this.#flags.clear();
    this.#flags.set([...flags].map(([uri, found]) => [vscode.Uri.parse(uri), found]));
  }

  /** One that names no database may be meant for another one: it is stale only where it fits none that is connected. */
  async #stale(): Promise<Stale[]> {
    const stale: Stale[] = [];
    const fitsOne = new Set<object>();
    for (const connected of this.#connected()) {
      const checked = await this.#answers.checkVerified(connected);
      for (const question of checked.fresh) fitsOne.add(question);
      const connection = connected.profile.name;
      for (const { question, why } of checked.stale)
        if (isListed(question)) stale.push({ question, connection, why });
    }
    return stale.filter(({ question }) => question.databases.length > 0 || !fitsOne.has(question));
  }

  dispose(): void {
    this.#update++;
    this.#flags.dispose();
  }
}

/** Whether a question stands in a file of the user's; those of the sample do not. */
export function isListed(question: object): question is ListedQuestion {
  return 'file' in question && 'line' in question;
}

function diagnosticAt(line: number, message: string, isError: boolean): vscode.Diagnostic {
  const { Error, Warning } = vscode.DiagnosticSeverity;
  // As far as the line goes: VS Code cuts it there.
  const range = new vscode.Range(line, 0, line, 10_000);
  const diagnostic = new vscode.Diagnostic(range, message, isError ? Error : Warning);
  diagnostic.source = 'Khipu';
  return diagnostic;
}
