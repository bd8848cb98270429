/** The user's own verified questions: read from `.khipu/verified.sql` of the workspace and from a private file, and written there. */
import * as vscode from 'vscode';
import { contentHash } from '../rag/contentHash.ts';
import { isFor, readVerified, type VerifiedEntry, type VerifiedFault } from '../rag/verified.ts';
import { edited, editToKeep, findEntry, type NewEntry } from '../rag/verifiedText.ts';
import { KhipuError } from '../shared/errors.ts';

/** A verified question, and where it is written. */
export interface ListedQuestion extends VerifiedEntry {
  readonly file: vscode.Uri;
  /** From 0. */
  readonly line: number;
}

export interface FileFault extends VerifiedFault {
  readonly line: number;
}

/** A file as it was read. */
export interface VerifiedFile {
  readonly uri: vscode.Uri;
  readonly entries: readonly ListedQuestion[];
  readonly faults: readonly FileFault[];
}

/** A larger file is not read: no person reviews it. In bytes. */
const largestFile = 2_000_000;

const none: readonly ListedQuestion[] = [];

export class VerifiedBook {
  readonly #storage: vscode.Uri;
  readonly #databaseOf: (profileId: string) => string;
  readonly #log: vscode.LogOutputChannel;
  readonly #files = new Map<string, Promise<VerifiedFile>>();
  readonly #lists = new Map<string, Promise<readonly ListedQuestion[]>>();

  /**
   * @param storage a directory of our own
   * @param databaseOf the name that files know the database of a connection by
   */
  constructor(storage: vscode.Uri, databaseOf: (profileId: string) => string, log: vscode.LogOutputChannel) {
    this.#storage = vscode.Uri.joinPath(storage, 'verified');
    this.#databaseOf = databaseOf;
    this.#log = log;
  }

  /** The questions of a connection: the user's private ones first. The same list until `forget`. */
  of(profileId: string): Promise<readonly ListedQuestion[]> {
    const known = this.#lists.get(profileId);
    if (known !== undefined) return known;
    const reading = this.#read(profileId);
    this.#lists.set(profileId, reading);
    return reading;
  }

  /** The files may say something else now. */
  forget(): void {
    this.#files.clear();
    this.#lists.clear();
  }

  /** The files of the workspace that the user trusts, one for each of its folders; they need not be there. */
  workspaceFiles(): vscode.Uri[] {
    if (!vscode.workspace.isTrusted) return [];
    return (vscode.workspace.workspaceFolders ?? []).map(({ uri }) =>
      vscode.Uri.joinPath(uri, '.khipu', 'verified.sql'),
    );
  }

  privateFile(profileId: string): vscode.Uri {
    return vscode.Uri.joinPath(this.#storage, `${contentHash(profileId)}.sql`);
  }

  databaseOf(profileId: string): string {
    return this.#databaseOf(profileId);
  }

  /** A file as it is now or was since the last `forget`; an empty one when there is none. */
  file(uri: vscode.Uri): Promise<VerifiedFile> {
    const known = this.#files.get(uri.toString());
    if (known !== undefined) return known;
    const reading = this.#readFile(uri);
    this.#files.set(uri.toString(), reading);
    return reading;
  }

  /**
   * Writes a question into a file, in place of the one that asks the same.
   * @returns whether one was replaced
   * @throws KhipuError `invalid-input` when the form cannot hold it, or the file cannot be written
   */
  async keep(uri: vscode.Uri, entry: NewEntry): Promise<boolean> {
    try {
      const text = await textOf(uri);
      if (text === undefined) {
        const whole = edited('', editToKeep('', entry));
        await vscode.workspace.fs.writeFile(uri, Buffer.from(whole));
        return false;
      }
      return await keepIn(uri, entry);
    } catch (thrown) {
      if (thrown instanceof KhipuError) throw thrown;
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new KhipuError('invalid-input', `${uri.fsPath} could not be written: ${why}`);
    } finally {
      this.forget();
    }
  }

  async #read(profileId: string): Promise<readonly ListedQuestion[]> {
    const files = [this.privateFile(profileId), ...this.workspaceFiles()];
    const database = this.#databaseOf(profileId);
    const read = await Promise.all(files.map((uri) => this.file(uri)));
    const entries = read.flatMap((file) => file.entries.filter((entry) => isFor(entry, database)));
    return entries.length === 0 ? none : entries;
  }

  async #readFile(uri: vscode.Uri): Promise<VerifiedFile> {
    try {
      const text = (await textOf(uri)) ?? '';
      const { entries, faults } = readVerified(text);
      const line = lineCounter(text);
      return {
        uri,
        entries: entries.map((entry) => ({ ...entry, file: uri, line: line(entry.start) })),
        faults: faults.map((fault) => ({ ...fault, line: line(fault.start) })),
      };
    } catch (thrown) {
      const what = thrown instanceof Error ? thrown.message : String(thrown);
      this.#log.error(`Verified questions in ${uri.fsPath} were not read: ${what}`);
      return { uri, entries: [], faults: [{ start: 0, line: 0, what }] };
    }
  }
}

/** The text of a file; undefined when there is none. @throws KhipuError `invalid-input` for one that is too large */
async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > largestFile) {
      const most = largestFile / 1_000_000;
      throw new KhipuError('invalid-input', `is larger than ${most} MB, and was not read`);
    }
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch (thrown) {
    if (thrown instanceof vscode.FileSystemError && thrown.code === 'FileNotFound') return undefined;
    throw thrown;
  }
}

/** Through the editor: what the user has changed there and not saved is not lost, nor saved behind his back. */
async function keepIn(uri: vscode.Uri, entry: NewEntry): Promise<boolean> {
  const document = await vscode.workspace.openTextDocument(uri);
  const text = document.getText();
  const replaces = findEntry(text, entry) !== undefined;
  const { start, end, text: written } = editToKeep(text, entry);
  const before = document.isDirty;
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), written);
  if (!(await vscode.workspace.applyEdit(edit)))
    throw new KhipuError('invalid-input', `${uri.fsPath} could not be changed.`);
  if (!before && !(await document.save()))
    throw new KhipuError('invalid-input', `${uri.fsPath} could not be saved.`);
  return replaces;
}

/** Lines from 0 of offsets that only grow. */
function lineCounter(text: string): (offset: number) => number {
  let [line, at] = [0, 0];
  return (offset) => {
    for (let next = text.indexOf('\n', at); next !== -1 && next < offset; next = text.indexOf('\n', at)) {
      line++;
      at = next + 1;
    }
    return line;
  };
}
