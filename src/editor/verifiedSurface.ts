/** Verified questions in the editor: their files are watched, and their commands registered; the code behind is loaded at first use. */
import * as vscode from 'vscode';
import { sampleProfileId } from '../sample/profileId.ts';
import type { ActiveConnection } from './activeConnection.ts';
import type { AskSurface } from './ask.ts';
import type { ConnectionList } from './connectionList.ts';
import { connectionIdOf } from './connections.ts';
import { commands } from './contributions.ts';
import type { IndexSurface } from './indexSurface.ts';
import type { LazyParts } from './lazyParts.ts';
import { logProblem, registerCommand } from './report.ts';
import type { ListedQuestion, VerifiedBook } from './verifiedBook.ts';
import type { VerifiedFlags } from './verifiedFlags.ts';
import type { VerifiedTests } from './verifiedTests.ts';

export interface VerifiedSurfaceParts {
  readonly context: Pick<vscode.ExtensionContext, 'globalStorageUri' | 'globalState' | 'workspaceState'>;
  readonly list: ConnectionList;
  readonly index: IndexSurface;
  readonly active: () => ActiveConnection;
  readonly parts: () => LazyParts;
  readonly ask: () => Promise<AskSurface>;
  readonly log: vscode.LogOutputChannel;
}

/** Loaded with the first question, connection or command. */
interface Loaded {
  readonly book: VerifiedBook;
  readonly flags: VerifiedFlags;
  readonly tests: () => VerifiedTests;
  dispose(): void;
}

export class VerifiedSurface implements vscode.Disposable {
  readonly #parts: VerifiedSurfaceParts;
  readonly #disposables: vscode.Disposable[];
  #loading: Promise<Loaded> | undefined;

  constructor(parts: VerifiedSurfaceParts) {
    this.#parts = parts;
    const files = vscode.workspace.createFileSystemWatcher('**/.khipu/verified.sql');
    const onChange = (): void => this.#behind(this.#reread());
    this.#disposables = [
      files,
      files.onDidCreate(onChange),
      files.onDidChange(onChange),
      files.onDidDelete(onChange),
      vscode.workspace.onDidChangeWorkspaceFolders(onChange),
      vscode.workspace.onDidGrantWorkspaceTrust(onChange),
      registerCommand(commands.markVerified, parts.log, (argument) => this.#mark(argument)),
      registerCommand(commands.runVerified, parts.log, (argument) => this.#runAll(argument)),
    ];
  }

  /** The user's own verified questions for a connection. */
  async questions(profileId: string): Promise<readonly ListedQuestion[]> {
    return (await this.#load()).book.of(profileId);
  }

  /** A connection is open, has been read again, or has ended. */
  connectionChanged(): void {
    this.#behind(this.#load().then(({ flags }) => flags.update()));
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    void this.#loading?.then((loaded) => loaded.dispose());
  }

  /** Nobody waits for it: a failure is written down. */
  #behind(work: Promise<void>): void {
    work.catch((thrown: unknown) => logProblem(thrown, this.#parts.log));
  }

  async #mark(argument: unknown): Promise<unknown> {
    const { context, active, parts, ask } = this.#parts;
    const { book } = await this.#load();
    const { markVerified } = await import('./firstUse.ts');
    const { answers, connections } = parts();
    const onKept = (): void => this.#behind(this.#reread());
    const means = { book, ask: await ask(), answers, connections, active: active(), onKept };
    return markVerified({ ...means, state: context.workspaceState }, argument);
  }

  async #runAll(argument: unknown): Promise<unknown> {
    const id = connectionIdOf(argument) ?? (await this.#parts.active().idOrAsk());
    return id === undefined ? undefined : (await this.#load()).tests().runAll(id);
  }

  /** What is read anew is indexed anew, for those that are connected. */
  async #reread(): Promise<void> {
    if (this.#loading === undefined) return;
    const { book, flags } = await this.#loading;
    book.forget();
    for (const { profile } of this.#connected()) this.#parts.index.update(profile.id);
    await flags.update();
  }

  #load(): Promise<Loaded> {
    return (this.#loading ??= this.#make());
  }

  async #make(): Promise<Loaded> {
    const { VerifiedBook, VerifiedFlags, VerifiedTests } = await import('./firstUse.ts');
    const { context, list, log } = this.#parts;
    const databaseOf = (id: string): string =>
      id === sampleProfileId ? sampleDatabaseName : (list.find(id)?.profile.database ?? '');
    const book = new VerifiedBook(context.globalStorageUri, databaseOf, log);
    const { answers, connections, verified } = this.#parts.parts();
    const flags = new VerifiedFlags(book, answers, () => this.#connected());
    let tests: VerifiedTests | undefined;
    return {
      book,
      flags,
      tests: () =>
        (tests ??= new VerifiedTests({ answers, connections, verified, state: context.globalState, log })),
      dispose() {
        flags.dispose();
        tests?.dispose();
      },
    };
  }

  #connected() {
    const { connections } = this.#parts.parts();
    return this.#parts.list.entries().flatMap(({ id }) => connections.current(id) ?? []);
  }
}

/** The sample's own database has a name that others have, too. */
const sampleDatabaseName = 'sample shop';
